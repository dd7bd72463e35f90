package staff

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/school"
	"github.com/zoodex/zoodex/game"
)

var (
	notInSchool  = kind{"not-in-school", http.StatusNotFound}
	lessonThere  = kind{"lesson-there", http.StatusConflict}
	trainingBusy = kind{"training-busy", http.StatusConflict}
	headOutdated = kind{"head-outdated", http.StatusConflict}
	headNotReady = kind{"head-not-ready", http.StatusConflict}
	jobOver      = kind{"job-over", http.StatusConflict}
	fileCutOff   = kind{"file-cut-off", http.StatusBadRequest}
)

// Lesson is a species with photos.
type Lesson struct {
	Species string    `json:"species" example:"okapi" doc:"Slug of the species"`
	Name    string    `json:"name" example:"okapi" doc:"In the reader's language"`
	Taught  bool      `json:"taught" doc:"false: it is known without teaching, and its photos only show whether it still is"`
	Photos  int       `json:"photos" doc:"Photos that are learnt from"`
	Dropped int       `json:"dropped" doc:"Photos that a person took out"`
	Refused int       `json:"refused" doc:"Files that could not be used"`
	Cover   string    `json:"cover,omitempty" doc:"Id of a photo to show"`
	Since   time.Time `json:"since"`
}

// Lessons are all lessons there are.
type Lessons struct {
	Lessons []Lesson `json:"lessons"`
}

// NewLesson asks for a lesson.
type NewLesson struct {
	Species string `json:"species" maxLength:"200" example:"okapi" doc:"Slug of a species of the zoo"`
}

// LessonChange changes a lesson.
type LessonChange struct {
	Taught bool `json:"taught"`
}

func (d *Desk) lesson(ctx context.Context, l game.Language, lesson school.Lesson) (Lesson, error) {
	zoo, err := d.API.Store.Zoo(ctx)
	if err != nil {
		return Lesson{}, d.fail(l, err)
	}
	species, _ := zoo.ByID(lesson.Species)
	return Lesson{string(species.Slug), species.Text(l).Name, lesson.Taught, lesson.Photos, lesson.Dropped, lesson.Refused, lesson.Cover, lesson.Since}, nil
}

func (d *Desk) lessons() {
	type empty struct{ api.Reader }
	huma.Register(d.huma, d.operation(http.MethodGet, "/lessons", "staff-lessons", "Lessons", "Every lesson, the oldest first.", keepers),
		func(ctx context.Context, in *empty) (*struct{ Body Lessons }, error) {
			lessons, err := d.School.Lessons(ctx)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			all := Lessons{make([]Lesson, len(lessons))}
			for i, l := range lessons {
				if all.Lessons[i], err = d.lesson(ctx, in.Language(), l); err != nil {
					return nil, err
				}
			}
			return &struct{ Body Lessons }{all}, nil
		})

	// answered lays out a lesson, or why there is none.
	answered := func(ctx context.Context, l game.Language, lesson school.Lesson, err error) (*struct{ Body Lesson }, error) {
		if err != nil {
			return nil, d.fail(l, err)
		}
		body, err := d.lesson(ctx, l, lesson)
		return &struct{ Body Lesson }{body}, err
	}

	type begin struct {
		api.Reader
		Body NewLesson
	}
	op := d.operation(http.MethodPost, "/lessons", "staff-begin-lesson", "Begin a lesson", "Makes a lesson for a species, on display or not. Then send photos to it.", keepers,
		http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusCreated
	huma.Register(d.huma, op, func(ctx context.Context, in *begin) (*struct{ Body Lesson }, error) {
		lesson, err := d.School.Begin(ctx, callerOf(ctx).Who(), game.Slug(in.Body.Species))
		return answered(ctx, in.Language(), lesson, err)
	})

	huma.Register(d.huma, d.operation(http.MethodGet, "/lessons/{slug}", "staff-lesson", "A lesson", "The lesson of a species.", keepers,
		http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *BySlug) (*struct{ Body Lesson }, error) {
			lesson, err := d.School.Lesson(ctx, game.Slug(in.Slug))
			return answered(ctx, in.Language(), lesson, err)
		})

	type change struct {
		BySlug
		Body LessonChange
	}
	huma.Register(d.huma, d.operation(http.MethodPatch, "/lessons/{slug}", "staff-change-lesson", "Teach a lesson's species, or not",
		"Says whether the species is to be taught. Photos of one that is not only show, in the next report, whether it is still known.", keepers,
		http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *change) (*struct{ Body Lesson }, error) {
			lesson, err := d.School.SetTaught(ctx, callerOf(ctx).Who(), game.Slug(in.Slug), in.Body.Taught)
			return answered(ctx, in.Language(), lesson, err)
		})

	op = d.operation(http.MethodDelete, "/lessons/{slug}", "staff-end-lesson", "Delete a lesson and its photos",
		"Takes a lesson and its photos away; for 30 days they can be brought back. What was learnt from them stays published.", keepers, http.StatusNotFound, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusNoContent
	huma.Register(d.huma, op, func(ctx context.Context, in *BySlug) (*struct{}, error) {
		if err := d.School.End(ctx, callerOf(ctx).Who(), game.Slug(in.Slug)); err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return nil, nil
	})

	huma.Register(d.huma, d.operation(http.MethodPost, "/lessons/{slug}/restore", "staff-restore-lesson", "Bring back a lesson",
		"Brings back the lesson of a species that was deleted last, with its photos.", keepers, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *BySlug) (*struct{ Body Lesson }, error) {
			lesson, err := d.School.Restore(ctx, callerOf(ctx).Who(), game.Slug(in.Slug))
			return answered(ctx, in.Language(), lesson, err)
		})
}
