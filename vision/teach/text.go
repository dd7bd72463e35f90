package teach

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// mostShown of a list in the terminal; the HTML report has them all.
const mostShown = 20

// Text is the report for a terminal.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.Sentence)
	if r.Advice != "" {
		fmt.Fprintf(&b, "%s\n", r.Advice)
	}
	fmt.Fprintf(&b, "\n%.1f %% of the photos recognised in %d-fold cross-validation.\n\n", 100*r.Accuracy, r.Folds)
	wide := len("species")
	for _, s := range r.Species {
		wide = max(wide, utf8.RuneCountInString(s.Name))
	}
	wide = min(wide, 30)
	fmt.Fprintf(&b, "%*s  %s  photos  recall  precision\n", 3, "", pad("species", wide))
	for k, s := range r.Species {
		fmt.Fprintf(&b, "%3d  %s  %6d  %5.1f %%  %7.1f %%\n", k+1, pad(s.Name, wide), s.Photos, 100*s.Recall, 100*s.Precision)
	}
	if len(r.Species) > 1 && len(r.Species) <= mostShown {
		cell := 4
		for _, row := range r.Matrix {
			for _, n := range row {
				cell = max(cell, len(fmt.Sprint(n))+1)
			}
		}
		fmt.Fprintf(&b, "\nShown (down) and taken for (across):\n\n     %s", pad("", wide))
		for k := range r.Species {
			fmt.Fprintf(&b, "%*d", cell, k+1)
		}
		b.WriteByte('\n')
		for k, row := range r.Matrix {
			fmt.Fprintf(&b, "%3d  %s", k+1, pad(r.Species[k].Name, wide))
			for _, n := range row {
				if n == 0 {
					fmt.Fprintf(&b, "%*s", cell, "·")
				} else {
					fmt.Fprintf(&b, "%*d", cell, n)
				}
			}
			b.WriteByte('\n')
		}
	}
	list(&b, "Taken for another species:", len(r.Wrong), func(i int) string {
		w := r.Wrong[i]
		return fmt.Sprintf("%s: taken for %s (%.2f)", w.Path, w.TakenFor, w.Certainty)
	})
	list(&b, "Please look at these photos:", len(r.Noted), func(i int) string {
		n := r.Noted[i]
		var what []string
		for _, note := range n.Notes {
			says := note.Detail
			if len(note.Others) > 0 {
				says += " (" + note.Others[0] + ")"
			}
			what = append(what, says)
		}
		left := ""
		if !n.Used {
			left = "left out: "
		}
		return n.Path + ": " + left + strings.Join(what, "; ")
	})
	return b.String()
}

func list(b *strings.Builder, title string, n int, line func(int) string) {
	if n == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for i := range min(n, mostShown) {
		fmt.Fprintf(b, "  %s\n", line(i))
	}
	if n > mostShown {
		fmt.Fprintf(b, "  … and %d more\n", n-mostShown)
	}
}

func pad(s string, width int) string {
	if n := utf8.RuneCountInString(s); n > width {
		return string([]rune(s)[:width-1]) + "…"
	} else {
		return s + strings.Repeat(" ", width-n)
	}
}
