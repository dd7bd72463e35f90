package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Group is a family or class of visitors, as one of its members sees it.
type Group struct {
	ID      GroupID
	Kind    game.GroupKind
	Name    string
	Since   time.Time
	Members []Member // the longest first: the first is the owner
	Code    game.GroupCode
	CodeAt  time.Time // when the code was made
}

// Member is one of a group.
type Member struct {
	ID       string // for this group only: it leads to no visitor
	Visitor  game.VisitorID
	Nickname string
	Since    time.Time
}

// Owner gives the visitor who may remove members and change the code.
func (g Group) Owner() game.VisitorID { return g.Members[0].Visitor }

// ErrNotOwner is the answer to a member who wants to do what only the owner may.
var ErrNotOwner = errors.New("only the owner of the group may do this")

type groupRow struct {
	ID        string `gorm:"primaryKey"`
	Kind      string
	Name      string
	Code      string
	CodeAt    time.Time
	CreatedAt time.Time
}

func (groupRow) TableName() string { return "groups" }

type memberRow struct {
	ID        string `gorm:"primaryKey"`
	GroupID   string
	VisitorID string
	JoinedAt  time.Time
}

func (memberRow) TableName() string { return "memberships" }

// FoundGroup makes a group that the visitor owns.
func (s *Store) FoundGroup(ctx context.Context, visitor game.VisitorID, kind game.GroupKind, name string) (g Group, err error) {
	id, err := newID()
	if err != nil {
		return Group{}, err
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		referee, err := s.referee(tx)
		if err != nil {
			return err
		}
		if err := lock(tx, visitor); err != nil {
			return err
		}
		groups, err := groupsOf(tx, visitor)
		if err != nil {
			return err
		}
		if err := referee.Rules().Groups.MayFound(kind, len(groups)); err != nil {
			return err
		}
		now := s.now().UTC()
		row := groupRow{ID: id, Kind: string(kind), Name: name, CodeAt: now, CreatedAt: now}
		if err := giveCode(tx, &row, func() *gorm.DB {
			return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "code"}}, DoNothing: true}).Create(&row)
		}); err != nil {
			return err
		}
		if g, err = s.enter(tx, GroupID(id), visitor, now); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		return Group{}, fmt.Errorf("found a group: %w", err)
	}
	return g, nil
}

// giveCode draws codes until one is free. The write must leave a taken one alone.
func giveCode(tx *gorm.DB, row *groupRow, write func() *gorm.DB) error {
	for range 20 {
		row.Code = string(game.NewGroupCode())
		done := write()
		if done.Error != nil || done.RowsAffected > 0 {
			return done.Error
		}
	}
	return errors.New("no code for a group is free")
}

// JoinGroup makes the visitor a member of the group that has the code. It fails
// with one of the errors of package game that say why somebody cannot join.
func (s *Store) JoinGroup(ctx context.Context, visitor game.VisitorID, code game.GroupCode) (g Group, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		referee, err := s.referee(tx)
		if err != nil {
			return err
		}
		if err := lock(tx, visitor); err != nil {
			return err
		}
		var rows []groupRow
		if err := tx.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("code = ?", string(code)).Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return game.ErrGroupCode
		}
		row := rows[0]
		mine, err := groupsOf(tx, visitor)
		if err != nil {
			return err
		}
		members, err := membersOf(tx, GroupID(row.ID))
		if err != nil {
			return err
		}
		joining := game.Joining{Kind: game.GroupKind(row.Kind), Members: len(members), Joined: len(mine), CodeAt: row.CodeAt}
		for _, m := range members {
			joining.Member = joining.Member || m.Visitor == visitor
		}
		now := s.now().UTC()
		if err := referee.Rules().Groups.MayJoin(joining, now); err != nil {
			return err
		}
		g, err = s.enter(tx, GroupID(row.ID), visitor, now)
		return err
	})
	if err != nil {
		return Group{}, fmt.Errorf("join a group: %w", err)
	}
	return g, nil
}

func (s *Store) enter(tx *gorm.DB, group GroupID, visitor game.VisitorID, now time.Time) (Group, error) {
	id, err := newID()
	if err != nil {
		return Group{}, err
	}
	if err := tx.Create(&memberRow{id, string(group), string(visitor), now}).Error; err != nil {
		return Group{}, err
	}
	if err := s.joined(tx, visitor, group); err != nil {
		return Group{}, err
	}
	return groupOf(tx, group, visitor)
}

// Groups gives the groups that the visitor belongs to, by the time of joining.
func (s *Store) Groups(ctx context.Context, visitor game.VisitorID) ([]Group, error) {
	tx := s.read(ctx)
	ids, err := groupsOf(tx, visitor)
	if err != nil {
		return nil, err
	}
	groups := make([]Group, 0, len(ids))
	for _, id := range ids {
		g, err := groupOf(tx, id, visitor)
		if errors.Is(err, game.ErrNotFound) { // left meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// Group gives a group to one of its members. To everybody else it is
// game.ErrNotFound.
func (s *Store) Group(ctx context.Context, visitor game.VisitorID, id GroupID) (Group, error) {
	return groupOf(s.read(ctx), id, visitor)
}

// Together gives what the members of a group have seen, all of them together,
// and what that counts for.
func (s *Store) Together(ctx context.Context, visitor game.VisitorID, id GroupID) (*Zoo, Group, map[game.SpeciesID]game.Sighted, game.Score, error) {
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return nil, Group{}, nil, game.Score{}, err
	}
	referee, err := zoo.referee()
	if err != nil {
		return nil, Group{}, nil, game.Score{}, err
	}
	tx := s.read(ctx)
	g, err := groupOf(tx, id, visitor)
	if err != nil {
		return nil, Group{}, nil, game.Score{}, err
	}
	visitors := make([]game.VisitorID, len(g.Members))
	for i, m := range g.Members {
		visitors[i] = m.Visitor
	}
	histories, err := historiesOf(tx, visitors)
	if err != nil {
		return nil, Group{}, nil, game.Score{}, err
	}
	var states []game.State
	for _, v := range visitors {
		states = append(states, referee.Replay(histories[v]))
	}
	union, score := referee.Together(string(id), game.Span{}, states...)
	return zoo, g, union, score, nil
}

// LeaveGroup erases the link between a visitor and a group. A group without
// members is gone. It fails with game.ErrNotFound for who is no member.
func (s *Store) LeaveGroup(ctx context.Context, visitor game.VisitorID, id GroupID) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		if err := lock(tx, visitor); err != nil {
			return err
		}
		g, err := s.lockGroup(tx, id, visitor)
		if err != nil {
			return err
		}
		return s.exit(tx, g, visitor)
	})
	if err != nil {
		return fmt.Errorf("leave a group: %w", err)
	}
	return nil
}

// RemoveMember lets the owner of a group remove another of its members, or
// leave. It fails with game.ErrNotFound and [ErrNotOwner].
func (s *Store) RemoveMember(ctx context.Context, owner game.VisitorID, id GroupID, member string) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		g, err := s.lockGroup(tx, id, owner)
		if err != nil {
			return err
		}
		for _, m := range g.Members {
			switch {
			case m.ID != member:
			case g.Owner() != owner && m.Visitor != owner:
				return ErrNotOwner
			default:
				return s.exit(tx, g, m.Visitor)
			}
		}
		if g.Owner() != owner {
			return ErrNotOwner
		}
		return game.ErrNotFound
	})
	if err != nil {
		return fmt.Errorf("remove a member of a group: %w", err)
	}
	return nil
}

// exit takes a visitor out of a group whose row is locked.
func (s *Store) exit(tx *gorm.DB, g Group, visitor game.VisitorID) error {
	if err := tx.Exec("DELETE FROM memberships WHERE group_id = ? AND visitor_id = ?", string(g.ID), string(visitor)).Error; err != nil {
		return err
	}
	if err := s.left(tx, visitor, g.ID); err != nil || len(g.Members) > 1 {
		return err
	}
	if err := s.disbanded(tx, g.ID); err != nil {
		return err
	}
	return tx.Delete(&groupRow{ID: string(g.ID)}).Error
}

// RotateCode gives a group another code; the one before lets nobody in any
// more. It fails with game.ErrNotFound and [ErrNotOwner].
func (s *Store) RotateCode(ctx context.Context, owner game.VisitorID, id GroupID) (g Group, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		if g, err = s.lockGroup(tx, id, owner); err != nil {
			return err
		}
		if g.Owner() != owner {
			return ErrNotOwner
		}
		row := groupRow{ID: string(id)}
		err := giveCode(tx, &row, func() *gorm.DB {
			return tx.Exec(`UPDATE groups SET code = ?, code_at = ? WHERE id = ? AND NOT EXISTS (SELECT FROM groups WHERE code = ?)`,
				row.Code, s.now().UTC(), row.ID, row.Code)
		})
		if err != nil {
			return err
		}
		g, err = groupOf(tx, id, owner)
		return err
	})
	if err != nil {
		return Group{}, fmt.Errorf("change a group's code: %w", err)
	}
	return g, nil
}

// lockGroup lets one at a time change the members of a group.
func (s *Store) lockGroup(tx *gorm.DB, id GroupID, member game.VisitorID) (Group, error) {
	if err := tx.Exec("SELECT FROM groups WHERE id = ? FOR NO KEY UPDATE", string(id)).Error; err != nil {
		return Group{}, err
	}
	return groupOf(tx, id, member)
}

// groupsOf lists the groups that a visitor belongs to.
func groupsOf(tx *gorm.DB, visitor game.VisitorID) ([]GroupID, error) {
	var ids []GroupID
	err := tx.Raw("SELECT group_id FROM memberships WHERE visitor_id = ? ORDER BY joined_at, id", string(visitor)).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("read a visitor's groups: %w", err)
	}
	return ids, nil
}

func groupOf(tx *gorm.DB, id GroupID, member game.VisitorID) (Group, error) {
	var rows []groupRow
	if err := tx.Where("id = ?", string(id)).Limit(1).Find(&rows).Error; err != nil {
		return Group{}, fmt.Errorf("read a group: %w", err)
	}
	members, err := membersOf(tx, id)
	if err != nil {
		return Group{}, err
	}
	for _, m := range members {
		if m.Visitor == member && len(rows) > 0 {
			r := rows[0]
			return Group{ID: id, Kind: game.GroupKind(r.Kind), Name: r.Name, Since: r.CreatedAt, Members: members,
				Code: game.GroupCode(r.Code), CodeAt: r.CodeAt}, nil
		}
	}
	return Group{}, game.ErrNotFound
}

func membersOf(tx *gorm.DB, id GroupID) ([]Member, error) {
	var members []Member
	err := tx.Raw(`
		SELECT m.id, m.visitor_id AS visitor, v.nickname, m.joined_at AS since
		FROM memberships m JOIN visitors v ON v.id = m.visitor_id
		WHERE m.group_id = ? ORDER BY m.joined_at, m.id`, string(id)).Scan(&members).Error
	if err != nil {
		return nil, fmt.Errorf("read the members of a group: %w", err)
	}
	return members, nil
}
