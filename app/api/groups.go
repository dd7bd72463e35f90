package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// VisitorGroup is a family or class that collects together.
type VisitorGroup struct {
	ID      string        `json:"id" format:"uuid"`
	Kind    string        `json:"kind" enum:"family,class"`
	Name    string        `json:"name" example:"Brave Otter 42" doc:"Drawn from our word lists"`
	Owner   bool          `json:"owner" doc:"Whether the reader owns it: may remove members and change the code"`
	Since   time.Time     `json:"since"`
	Members []GroupMember `json:"members" doc:"Who has been in it for longest first: that is the owner"`
	Most    int           `json:"mostMembers" example:"12"`
	Code    *JoinCode     `json:"code,omitempty" doc:"By which others join; shown to the owner"`
}

// JoinCode lets others join a group.
type JoinCode struct {
	Code    string    `json:"code" example:"TRBKMX" doc:"Six letters to be read out, or shown as a QR code"`
	Until   time.Time `json:"until" doc:"When it lets nobody in any more"`
	Expired bool      `json:"expired"`
}

// GroupMember is a member of a group.
type GroupMember struct {
	ID       string    `json:"id" format:"uuid" doc:"Of the member in this group only"`
	Nickname string    `json:"nickname" example:"Calm Koala 7"`
	Owner    bool      `json:"owner"`
	Me       bool      `json:"me"`
	Since    time.Time `json:"since"`
}

// VisitorGroups are the groups that a visitor belongs to.
type VisitorGroups struct {
	Groups []VisitorGroup `json:"groups"`
	Most   int            `json:"most" example:"5" doc:"Groups that one visitor may belong to"`
}

// GroupDex is a group and what its members have caught, all of them together.
type GroupDex struct {
	VisitorGroup
	Progress game.Progress `json:"progress" doc:"Each animal counts once, for whoever saw it first"`
	Species  []DexPage     `json:"species" doc:"By number"`
}

// NewGroup says what sort of group to make.
type NewGroup struct {
	Kind string `json:"kind" enum:"family,class" example:"family"`
}

// GroupCode is a code as somebody typed it.
type GroupCode struct {
	Code string `json:"code" minLength:"1" maxLength:"40" example:"TRB KMX" doc:"However it was typed"`
}

// GroupPath names a group.
type GroupPath struct {
	Reader
	ID string `path:"id" format:"uuid"`
}

func (p GroupPath) id() store.GroupID { return store.GroupID(plainUUID(p.ID)) }

// plainUUID gives an id in the one way in which it is kept. Huma has seen that
// it is one.
func plainUUID(s string) string {
	id, err := uuid.Parse(s)
	if err != nil {
		return uuid.Nil.String()
	}
	return id.String()
}

func (a *API) groups(h huma.API) {
	type one struct{ Body VisitorGroup }
	answer := func(ctx context.Context, l game.Language, g store.Group, err error) (*one, error) {
		if err != nil {
			return nil, a.failWithin(l, err, noSuchGroup)
		}
		zoo, err := a.Store.Zoo(ctx)
		if err != nil {
			return nil, a.fail(l, err)
		}
		return &one{a.visitorGroup(zoo, g, visitorOf(ctx).ID)}, nil
	}

	type foundInput struct {
		Reader
		Body NewGroup
	}
	op := a.operation(h, http.MethodPost, "/v1/groups", "found-group", "Found a family or a class",
		"Makes a group that the visitor owns, with a code by which others join. Its name is drawn from our word lists.",
		true, http.StatusConflict, http.StatusBadRequest, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusCreated
	huma.Register(h, op, func(ctx context.Context, in *foundInput) (*one, error) {
		l := in.Language()
		g, err := a.Store.FoundGroup(ctx, visitorOf(ctx).ID, game.GroupKind(in.Body.Kind), game.NewNickname(l, newRand()))
		return answer(ctx, l, g, err)
	})

	type joinInput struct {
		Reader
		Body GroupCode
	}
	huma.Register(h, a.operation(h, http.MethodPost, "/v1/groups/join", "join-group", "Join by a code",
		"Makes the visitor a member of the group that has the code. Wrong codes can be tried a few times a minute.",
		true, http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusBadRequest, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *joinInput) (*one, error) {
			l := in.Language()
			code, err := game.ParseGroupCode(in.Body.Code)
			if err != nil {
				return nil, a.fail(l, err)
			}
			g, err := a.Store.JoinGroup(ctx, visitorOf(ctx).ID, code)
			return answer(ctx, l, g, err)
		})

	huma.Register(h, a.operation(h, http.MethodGet, "/v1/groups", "get-groups", "My groups", "The groups that the visitor belongs to.", true),
		func(ctx context.Context, in *empty) (*struct{ Body VisitorGroups }, error) {
			l, me := in.Language(), visitorOf(ctx).ID
			zoo, err := a.Store.Zoo(ctx)
			if err != nil {
				return nil, a.fail(l, err)
			}
			groups, err := a.Store.Groups(ctx, me)
			if err != nil {
				return nil, a.fail(l, err)
			}
			all := VisitorGroups{Groups: []VisitorGroup{}, Most: zoo.Referee.Rules().Groups.Joined}
			for _, g := range groups {
				all.Groups = append(all.Groups, a.visitorGroup(zoo, g, me))
			}
			return &struct{ Body VisitorGroups }{all}, nil
		})

	huma.Register(h, a.operation(h, http.MethodGet, "/v1/groups/{id}", "get-group", "A group and its collection",
		"A group that the visitor belongs to, and what its members have caught together.", true, http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *GroupPath) (*struct{ Body GroupDex }, error) {
			l, me := in.Language(), visitorOf(ctx).ID
			zoo, g, union, score, err := a.Store.Together(ctx, me, in.id())
			if err != nil {
				return nil, a.failWithin(l, err, noSuchGroup)
			}
			pages := game.Dex(zoo.Species, union)
			dex := GroupDex{VisitorGroup: a.visitorGroup(zoo, g, me), Progress: game.Count(pages, score.Points), Species: []DexPage{}}
			for _, p := range pages {
				dex.Species = append(dex.Species, a.dexPage(l, p))
			}
			return &struct{ Body GroupDex }{dex}, nil
		})

	huma.Register(h, a.operation(h, http.MethodPost, "/v1/groups/{id}/code", "rotate-group-code", "Another code",
		"Gives the group another code: the one before lets nobody in any more. For the owner.",
		true, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *GroupPath) (*one, error) {
			g, err := a.Store.RotateCode(ctx, visitorOf(ctx).ID, in.id())
			return answer(ctx, in.Language(), g, err)
		})

	op = a.operation(h, http.MethodDelete, "/v1/groups/{id}/members/me", "leave-group", "Leave a group",
		"Erases the link to the group. What the visitor caught stays theirs and no longer counts for the group; the last to leave takes the group along.",
		true, http.StatusNotFound, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusNoContent
	huma.Register(h, op, func(ctx context.Context, in *GroupPath) (*struct{}, error) {
		if err := a.Store.LeaveGroup(ctx, visitorOf(ctx).ID, in.id()); err != nil {
			return nil, a.failWithin(in.Language(), err, noSuchGroup)
		}
		return nil, nil
	})

	type removeInput struct {
		GroupPath
		Member string `path:"member" format:"uuid" doc:"The member's id in this group"`
	}
	op = a.operation(h, http.MethodDelete, "/v1/groups/{id}/members/{member}", "remove-member", "Remove a member",
		"Takes a member out of the group. For the owner; change the code too, or they can come back.",
		true, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusNoContent
	huma.Register(h, op, func(ctx context.Context, in *removeInput) (*struct{}, error) {
		if err := a.Store.RemoveMember(ctx, visitorOf(ctx).ID, in.id(), plainUUID(in.Member)); err != nil {
			return nil, a.failWithin(in.Language(), err, noSuchGroup)
		}
		return nil, nil
	})
}

func (a *API) visitorGroup(zoo *store.Zoo, g store.Group, me game.VisitorID) VisitorGroup {
	rules := zoo.Referee.Rules().Groups
	group := VisitorGroup{
		ID: string(g.ID), Kind: string(g.Kind), Name: g.Name, Owner: g.Owner() == me, Since: g.Since.UTC(),
		Members: []GroupMember{}, Most: rules.Members[g.Kind],
	}
	for i, m := range g.Members {
		group.Members = append(group.Members, GroupMember{m.ID, m.Nickname, i == 0, m.Visitor == me, m.Since.UTC()})
	}
	if group.Owner {
		until := rules.CodeEnds(g.CodeAt).UTC()
		group.Code = &JoinCode{string(g.Code), until, !a.Now().Before(until)}
	}
	return group
}
