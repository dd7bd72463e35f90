package staff

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/school"
	"github.com/zoodex/zoodex/game"
)

// LessonPhoto is a file that was sent to a lesson, used or not.
type LessonPhoto struct {
	ID      string    `json:"id" format:"uuid"`
	Name    string    `json:"name" example:"okapi-12.jpg" doc:"That it came with"`
	State   string    `json:"state" enum:"used,dropped,refused" doc:"dropped: a person took it out. refused: it could not be used."`
	Why     string    `json:"why,omitempty" example:"duplicate" doc:"Why it was refused; for programs"`
	Message string    `json:"message,omitempty" doc:"The same in the reader's language"`
	Bytes   int64     `json:"bytes"`
	Width   int       `json:"width,omitempty"`
	Height  int       `json:"height,omitempty"`
	Since   time.Time `json:"since"`
}

// LessonPhotos is a page of the photos of a lesson.
type LessonPhotos struct {
	Photos []LessonPhoto `json:"photos" doc:"In the order in which they came"`
	Next   string        `json:"next,omitempty" doc:"Send it as after for the page that follows; missing on the last page"`
}

// Sent is what became of the files of an upload.
type Sent struct {
	Photos []LessonPhoto `json:"photos" doc:"Photos, with what happened to each"`
	Jobs   []string      `json:"jobs" doc:"Jobs that unpack ZIPs; their photos appear in the lesson one after another"`
}

// Choice takes photos out, or back in.
type Choice struct {
	Photos  []string `json:"photos" minItems:"1" maxItems:"5000" doc:"Ids"`
	Dropped bool     `json:"dropped" doc:"true: do not learn from them. false: do again."`
}

// Chosen is how many photos a choice changed.
type Chosen struct {
	Changed int `json:"changed"`
}

func lessonPhoto(l game.Language, p school.Photo) LessonPhoto {
	photo := LessonPhoto{ID: p.ID, Name: p.Name, State: "used", Bytes: p.Bytes, Width: p.Width, Height: p.Height, Since: p.Since}
	switch {
	case p.Why != "":
		photo.State, photo.Why, photo.Message = "refused", string(p.Why), messages.Say(l, "photo."+string(p.Why), nil)
	case p.Dropped:
		photo.State = "dropped"
	}
	return photo
}

// How long an upload may take to arrive, and how many are read at once.
const (
	arrivalTime   = 30 * time.Minute
	uploadsAtOnce = 8
)

type bodyKey struct{}

// takeBody hands a request's body to its handler, unread.
func takeBody(ctx huma.Context, next func(huma.Context)) {
	ctx.SetReadDeadline(time.Now().Add(arrivalTime))
	next(huma.WithValue(ctx, bodyKey{}, ctx.BodyReader()))
}

type upload struct {
	BySlug
	Name        string `query:"name" maxLength:"600" doc:"Name of a file that is sent as it is" example:"okapi-12.jpg"`
	ContentType string `header:"Content-Type"`
}

func (d *Desk) photos() {
	type list struct {
		BySlug
		After string `query:"after" format:"uuid" doc:"The next of the page before"`
		Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
		State string `query:"state" enum:"used,dropped,refused" doc:"Only these"`
	}
	huma.Register(d.huma, d.operation(http.MethodGet, "/lessons/{slug}/photos", "staff-lesson-photos", "Photos of a lesson",
		"Every file that was sent to the lesson, also those that could not be used, with what happened to it.", keepers, http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *list) (*struct{ Body LessonPhotos }, error) {
			photos, more, err := d.School.Photos(ctx, game.Slug(in.Slug), school.Pick{After: in.After, Limit: in.Limit, Only: in.State})
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			page := LessonPhotos{Photos: make([]LessonPhoto, len(photos))}
			for i, p := range photos {
				page.Photos[i] = lessonPhoto(in.Language(), p)
			}
			if more {
				page.Next = page.Photos[len(photos)-1].ID
			}
			return &struct{ Body LessonPhotos }{page}, nil
		})

	op := d.operation(http.MethodPost, "/lessons/{slug}/photos", "staff-send-photos", "Send photos to a lesson",
		"Takes a photo or a ZIP of photos as the body, or any number of them as files of a multipart form. What a file is is decided by its bytes. "+
			"One that cannot be used does not keep the others out; the list of the lesson says what happened to which.", keepers,
		http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity)
	op.Middlewares = append(op.Middlewares, takeBody)
	slots := make(chan struct{}, uploadsAtOnce)
	huma.Register(d.huma, op, func(ctx context.Context, in *upload) (*struct{ Body Sent }, error) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-ctx.Done():
			return nil, d.fail(in.Language(), ctx.Err())
		}
		sent, err := d.receive(ctx, in)
		if err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return &struct{ Body Sent }{sent}, nil
	})
	d.huma.OpenAPI().Paths[op.Path].Post.RequestBody = filesBody()

	type choose struct {
		BySlug
		Body Choice
	}
	huma.Register(d.huma, d.operation(http.MethodPatch, "/lessons/{slug}/photos", "staff-choose-photos", "Keep or drop photos",
		"Takes photos out of what is learnt from, or back in. None is deleted.", keepers, http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *choose) (*struct{ Body Chosen }, error) {
			changed, err := d.School.Drop(ctx, callerOf(ctx).Who(), game.Slug(in.Slug), in.Body.Photos, in.Body.Dropped)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return &struct{ Body Chosen }{Chosen{changed}}, nil
		})

	type picture struct {
		ContentType  string `header:"Content-Type"`
		CacheControl string `header:"Cache-Control"`
		Body         []byte
	}
	for _, p := range []struct {
		path, id, summary string
		small             bool
	}{
		{"/photos/{id}", "staff-photo", "A photo of a lesson", false},
		{"/photos/{id}/thumbnail", "staff-thumbnail", "A small picture of a photo", true},
	} {
		op := d.operation(http.MethodGet, p.path, p.id, p.summary, "An image, which never changes.", keepers, http.StatusNotFound, http.StatusUnprocessableEntity)
		huma.Register(d.huma, op, func(ctx context.Context, in *ByID) (*picture, error) {
			data, err := d.School.Picture(ctx, in.ID, p.small)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return &picture{http.DetectContentType(data), "private, max-age=31536000, immutable", data}, nil
		})
		d.huma.OpenAPI().Paths[op.Path].Get.Responses["200"].Content = map[string]*huma.MediaType{
			"image/jpeg": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	}
}

// receive takes the files of a request one after another: each is kept, or
// listed with what is wrong with it, before the next is read.
func (d *Desk) receive(ctx context.Context, in *upload) (Sent, error) {
	sent := Sent{[]LessonPhoto{}, []string{}}
	take := func(name string, file io.Reader) error {
		got, err := d.School.Receive(ctx, callerOf(ctx).Who(), game.Slug(in.Slug), name, file)
		if err != nil {
			return err
		}
		if got.Job != "" {
			sent.Jobs = append(sent.Jobs, got.Job)
		} else {
			sent.Photos = append(sent.Photos, lessonPhoto(in.Language(), got.Photo))
		}
		return nil
	}
	body, _ := ctx.Value(bodyKey{}).(io.Reader)
	if body == nil {
		body = http.NoBody
	}
	media, params, err := mime.ParseMediaType(in.ContentType)
	if err != nil || media != "multipart/form-data" {
		return sent, take(in.Name, body)
	}
	if _, err := d.School.Lesson(ctx, game.Slug(in.Slug)); err != nil {
		return sent, err
	}
	form := multipart.NewReader(body, params["boundary"])
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return sent, nil
		}
		if err != nil {
			return sent, errors.Join(school.ErrCutOff, err)
		}
		if part.FileName() == "" {
			continue
		}
		if err := take(part.FileName(), part); err != nil {
			return sent, err
		}
	}
}

// filesBody documents files as a request body.
func filesBody() *huma.RequestBody {
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	body := api.PhotoBody()
	body.Description = "A photo (JPEG, PNG, WebP, HEIC), a ZIP of photos, or a form with any number of them"
	body.Content["application/zip"] = &huma.MediaType{Schema: binary}
	body.Content["multipart/form-data"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeObject,
		Properties: map[string]*huma.Schema{"files": {Type: huma.TypeArray, Items: binary}}}}
	return body
}
