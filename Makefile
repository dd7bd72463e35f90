# make run    everything on localhost, nothing to set up
# make test   everything: Go with the race detector, database, browser, pages

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)

.PHONY: run build test check web chromium bench measure

run: build
	bin/zoodex serve

build:
	CGO_ENABLED=0 $(GO) build -tags nodynamic -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/zoodex ./app/zoodex

test: check web chromium
	$(GO) test -race -p 2 -timeout 40m ./...

check:
	@test -z "$$(gofmt -l app game migrations vision web)" || { gofmt -l app game migrations vision web; echo "run gofmt"; exit 1; }
	$(GO) vet ./...
	GOARCH=arm64 $(GO) vet ./vision/...

# The built pages are in the repository, so that the service builds with Go
# alone. This builds them anew and fails if they are not what is committed.
web:
	cd web && npm ci --no-audit --no-fund && npm run check && npm run build
	@git diff --exit-code --stat -- web/dist || { echo "web/dist is stale: commit what npm run build made"; exit 1; }
	@test -z "$$(git status --porcelain -- web/dist)" || { git status --short -- web/dist; echo "web/dist has files that are not committed"; exit 1; }

# The browser tests drive the system's Chromium.
chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  as=; [ "$$(id -u)" = 0 ] || as=sudo; \
	  $$as apt-get update -qq && $$as apt-get install -y -qq --no-install-recommends chromium >/dev/null; }

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./vision/... ./app/...

# Recognition measured on a folder of photos with a manifest; see vision/README.md.
measure:
	$(GO) run ./vision/measure -photos $(or $(ZOODEX_TEST_PHOTOS),../shared/data/photos)
