package api

import (
	"strconv"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// Earned is what a capture, a correction or an answer changed for a visitor.
type Earned struct {
	Points  int          `json:"points" example:"25" doc:"Less than 0 if a correction took more than it gave"`
	Lines   []EarnedLine `json:"lines" doc:"What the points are for"`
	Badges  []BadgeName  `json:"badges" doc:"New ones"`
	Lost    []BadgeName  `json:"lostBadges" doc:"Badges that a correction took back"`
	Level   Level        `json:"level" doc:"The visitor's level now"`
	LevelUp bool         `json:"levelUp" doc:"Whether it was reached by this"`
	Trails  []TrailStep  `json:"trails" doc:"Trails on which this did a step"`
}

// EarnedLine says what points are for.
type EarnedLine struct {
	Reason string `json:"reason" enum:"catch,again,visit,trail,quiz"`
	Points int    `json:"points" example:"20"`
	Text   string `json:"text" example:"First catch: red panda" doc:"In the reader's language"`
}

// BadgeName names a badge.
type BadgeName struct {
	Key  string `json:"key" example:"first-catch"`
	Name string `json:"name"`
	Text string `json:"text" doc:"What it is for"`
	Art  string `json:"art" doc:"Key of its picture"`
}

// Level is a name for having so many points.
type Level struct {
	Number int        `json:"number" minimum:"1" example:"2"`
	Name   string     `json:"name" example:"Chick"`
	Text   string     `json:"text"`
	Art    string     `json:"art" doc:"Key of its picture"`
	Points int        `json:"points" doc:"Points from which it is reached"`
	Next   *NextLevel `json:"next,omitempty" doc:"Missing at the highest"`
}

// NextLevel is what lies above a level.
type NextLevel struct {
	Name   string `json:"name" example:"Curious Nose"`
	Points int    `json:"points" example:"150"`
}

// TrailStep is a step done on a trail.
type TrailStep struct {
	Key    string `json:"key" example:"big-cats"`
	Name   string `json:"name"`
	Art    string `json:"art"`
	Done   int    `json:"done" example:"3" doc:"Steps done so far"`
	Total  int    `json:"total" example:"4"`
	Notice string `json:"notice,omitempty" enum:"almost,done" doc:"almost: three quarters are done, from now on. done: it is complete."`
	Text   string `json:"text,omitempty" doc:"The notice, in the reader's language"`
}

// Void says why a capture is kept but does not count.
type Void struct {
	Reason string `json:"reason" enum:"copied,closed,outside,too-fast,withdrawn"`
	Text   string `json:"text" doc:"Kindly, in the reader's language"`
}

// Quiz is a question that follows a catch.
type Quiz struct {
	Question string   `json:"question" example:"Which of these animals sleeps longest?"`
	Choices  []Choice `json:"choices" doc:"Answer with the key of one, by POST /v1/captures/{id}/quiz"`
	Points   int      `json:"points" doc:"What a right answer earns, unless this animal's was answered rightly before"`
}

// Choice is one of the answers offered.
type Choice struct {
	Key  string `json:"key" example:"lion"`
	Text string `json:"text" example:"lion"`
}

func (a *API) earned(l game.Language, zoo *store.Zoo, g game.Gain) Earned {
	rules := zoo.Referee.Rules()
	e := Earned{
		Points: g.Points, Lines: []EarnedLine{}, Badges: badgeNames(l, rules, g.Badges), Lost: badgeNames(l, rules, g.Lost),
		Level: level(l, rules, g.Level), LevelUp: g.LevelUp(), Trails: []TrailStep{},
	}
	// One thing may have moved from one capture to another: that is no news.
	type about struct {
		reason game.LineReason
		key    string
	}
	sums := map[about]int{}
	for _, line := range g.Lines {
		sums[about{line.Reason, line.Key}] += line.Points
	}
	for _, line := range g.Lines {
		it := about{line.Reason, line.Key}
		if points := sums[it]; points != 0 {
			e.Lines = append(e.Lines, EarnedLine{string(it.reason), points, lineText(l, zoo, it.reason, it.key)})
		}
		delete(sums, it)
	}
	for _, t := range g.Trails {
		for _, trail := range rules.Trails {
			if trail.Key != t.Trail {
				continue
			}
			step := TrailStep{t.Trail, trail.Texts.In(l).Name, trail.Art, t.Done, t.Total, string(t.Notice), ""}
			if t.Notice != game.NoNotice {
				step.Text = say(l, "notice."+string(t.Notice), map[string]string{
					"trail": step.Name, "done": strconv.Itoa(t.Done), "total": strconv.Itoa(t.Total),
				})
			}
			e.Trails = append(e.Trails, step)
		}
	}
	return e
}

func lineText(l game.Language, zoo *store.Zoo, reason game.LineReason, key string) string {
	name := key
	if s, ok := zoo.ByID(game.SpeciesID(key)); ok {
		name = s.Text(l).Name
	}
	if reason == game.ForTrail {
		for _, t := range zoo.Referee.Rules().Trails {
			if t.Key == key {
				name = t.Texts.In(l).Name
			}
		}
	}
	return say(l, "line."+string(reason), map[string]string{"what": name})
}

func badgeNames(l game.Language, r game.Rules, states []game.BadgeState) []BadgeName {
	names := []BadgeName{}
	for _, s := range states {
		for _, b := range r.Badges {
			if b.Key == s.Badge {
				names = append(names, badgeName(l, b))
			}
		}
	}
	return names
}

func badgeName(l game.Language, b game.Badge) BadgeName {
	c := b.Texts.In(l)
	return BadgeName{b.Key, c.Name, c.Text, b.Art}
}

// level gives a level by its number. One that the rules have no more is the
// highest.
func level(l game.Language, r game.Rules, number int) Level {
	number = min(max(number, 1), len(r.Levels))
	at := r.Levels[number-1]
	c := at.Texts.In(l)
	level := Level{Number: number, Name: c.Name, Text: c.Text, Art: at.Art, Points: at.Points}
	if number < len(r.Levels) {
		next := r.Levels[number]
		level.Next = &NextLevel{next.Texts.In(l).Name, next.Points}
	}
	return level
}

func void(l game.Language, reason game.VoidReason) *Void {
	if reason == "" {
		return nil
	}
	return &Void{string(reason), say(l, "void."+string(reason), nil)}
}

func quiz(l game.Language, zoo *store.Zoo, q *game.Question) *Quiz {
	if q == nil {
		return nil
	}
	quiz := &Quiz{Question: q.Prompt.In(l), Points: zoo.Referee.Rules().Points.Quiz}
	for _, c := range q.Choices {
		quiz.Choices = append(quiz.Choices, Choice{c.Key, c.Text.In(l)})
	}
	return quiz
}
