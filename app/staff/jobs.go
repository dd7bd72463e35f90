package staff

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/school"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/vision/teach"
)

// Job is work on lessons, and how far it is.
type Job struct {
	ID      string     `json:"id" format:"uuid"`
	Kind    string     `json:"kind" enum:"unpack,train" doc:"unpack: takes the photos of a ZIP into a lesson. train: learns from all lessons."`
	Name    string     `json:"name,omitempty" doc:"Of the ZIP"`
	Who     string     `json:"who"`
	State   string     `json:"state" enum:"queued,running,done,failed,cancelled"`
	Stage   string     `json:"stage,omitempty" enum:"unpacking,looking,choosing,learning,reporting" doc:"What it is doing"`
	Done    int        `json:"done" doc:"Photos, or trials, of this stage"`
	Total   int        `json:"total" doc:"0: not known"`
	Left    int        `json:"secondsLeft,omitempty" doc:"About how long this stage takes yet"`
	Why     string     `json:"why,omitempty" doc:"Why it failed, in the reader's language"`
	Head    int64      `json:"head,omitempty" doc:"Version of the head that it made"`
	Created time.Time  `json:"created"`
	Started *time.Time `json:"started,omitempty"`
	Ended   *time.Time `json:"ended,omitempty"`
}

// Jobs are what is under way, and what ended last.
type Jobs struct {
	Jobs []Job `json:"jobs"`
}

// whyFailed says why a job failed.
func whyFailed(l game.Language, why school.Failure) string {
	if key := "job." + string(why); messages[key] != nil {
		return messages.Say(l, key, map[string]string{"files": strconv.Itoa(school.MostEntries), "photos": strconv.Itoa(teach.MostPhotos), "species": strconv.Itoa(teach.MostSpecies)})
	}
	return string(why)
}

func (d *Desk) job(l game.Language, j school.Job) Job {
	job := Job{ID: j.ID, Kind: string(j.Kind), Name: j.Name, Who: j.Who, State: j.State, Stage: j.Stage, Done: j.Done, Total: j.Total,
		Why: whyFailed(l, j.Why), Head: j.Head, Created: j.Created, Started: moment(j.Started), Ended: moment(j.Ended)}
	if j.State == "running" && j.Done > 0 && j.Total > j.Done {
		job.Left = int((d.Now().Sub(j.Started) * time.Duration(j.Total-j.Done) / time.Duration(j.Done)).Seconds()) + 1
	}
	return job
}

func (d *Desk) jobs() {
	type empty struct{ api.Reader }
	huma.Register(d.huma, d.operation(http.MethodGet, "/jobs", "staff-jobs", "Jobs", "What is under way, then what ended last.", keepers),
		func(ctx context.Context, in *empty) (*struct{ Body Jobs }, error) {
			jobs, err := d.School.Jobs(ctx)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			all := Jobs{make([]Job, len(jobs))}
			for i, j := range jobs {
				all.Jobs[i] = d.job(in.Language(), j)
			}
			return &struct{ Body Jobs }{all}, nil
		})

	op := d.operation(http.MethodPost, "/trainings", "staff-train", "Learn from all lessons",
		"Begins to learn from the photos of all lessons. Ask for the job until it is done; then it names a head, which has a report. One training at a time.", keepers, http.StatusConflict)
	op.DefaultStatus = http.StatusAccepted
	huma.Register(d.huma, op, func(ctx context.Context, in *empty) (*struct{ Body Job }, error) {
		j, err := d.School.Train(ctx, callerOf(ctx).Who())
		if err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return &struct{ Body Job }{d.job(in.Language(), j)}, nil
	})

	huma.Register(d.huma, d.operation(http.MethodGet, "/jobs/{id}", "staff-job", "A job", "How far a job is.", keepers, http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *ByID) (*struct{ Body Job }, error) {
			j, err := d.School.Job(ctx, in.ID)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return &struct{ Body Job }{d.job(in.Language(), j)}, nil
		})

	huma.Register(d.huma, d.operation(http.MethodDelete, "/jobs/{id}", "staff-cancel-job", "Cancel a job", "Ends a job that is under way. What it did so far stays.", keepers,
		http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *ByID) (*struct{ Body Job }, error) {
			j, err := d.School.Cancel(ctx, callerOf(ctx).Who(), in.ID)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return &struct{ Body Job }{d.job(in.Language(), j)}, nil
		})
}
