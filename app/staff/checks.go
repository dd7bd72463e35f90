package staff

import (
	"fmt"

	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/game"
)

// checks are the rules' sentences in other languages, by the English ones.
var checks = api.ReadMessages(messageFiles, "checks.yaml")

// sayProblem says what is wrong with a value; in English where nobody has
// translated it.
func sayProblem(l game.Language, p game.Problem) string {
	if said := checks[p.Format][l]; said != "" {
		return fmt.Sprintf(said, p.Values...)
	}
	return p.Message
}
