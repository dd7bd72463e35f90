# The service in one static binary. The database is another container's: see
# docker-compose.yml.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=container
RUN CGO_ENABLED=0 go build -tags nodynamic -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /zoodex ./app/zoodex

FROM debian:bookworm-slim
COPY --from=build /zoodex /zoodex
# A volume takes over whom its folder belongs to.
RUN mkdir /photos && chown 65532:65532 /photos
ENV ZOODEX_LISTEN=0.0.0.0:8080
EXPOSE 8080
USER 65532:65532
ENTRYPOINT ["/zoodex"]
CMD ["serve"]
