package teach

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostShown of a list in the terminal; the HTML report has them all.
const mostShown = 20

// Text is the report for a terminal.
func (r *Report) Text() string {
	var b strings.Builder
	for _, line := range []string{r.Sentence, r.Advice, r.Outlook} {
		if line != "" {
			fmt.Fprintln(&b, printable(line))
		}
	}
	fmt.Fprintf(&b, "\n%.1f %% of the photos recognised in %d-fold cross-validation.\n\n", 100*r.Accuracy, r.Folds)
	r.writeSpecies(&b)
	if len(r.Species) > 1 && len(r.Species) <= mostShown {
		r.writeMatrix(&b)
	}
	var wrong []string
	for _, c := range r.Cells {
		for _, a := range c.Photos {
			if c.Shown != c.TakenFor {
				wrong = append(wrong, fmt.Sprintf("%s: taken for %s (%.2f)", a.Photo, r.Species[c.TakenFor].Name, a.Certainty))
			}
		}
	}
	list(&b, "Taken for another species:", wrong)
	var known []string
	for _, k := range r.Known {
		known = append(known, fmt.Sprintf("%s: of %d photos %d recognised before and %d after, with the check mark %d and %d",
			k.Name, k.Photos, k.Before.Right, k.After.Right, k.Before.Certain, k.After.Certain))
	}
	list(&b, "Animals that were known before:", known)
	var noted []string
	for _, n := range r.Noted {
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
		noted = append(noted, n.Photo+": "+left+strings.Join(what, "; "))
	}
	list(&b, "Please look at these photos:", noted)
	return b.String()
}

func (r *Report) writeSpecies(b *strings.Builder) {
	wide := r.widest()
	fmt.Fprintf(b, "     %s  photos  recall  precision  check mark\n", pad("species", wide))
	for k, s := range r.Species {
		fmt.Fprintf(b, "%3d  %s  %6d  %5.1f %%  %7.1f %%  %8.1f %%\n", k+1, pad(s.Name, wide), s.Photos, 100*s.Recall, 100*s.Precision, 100*s.Certain)
	}
}

func (r *Report) writeMatrix(b *strings.Builder) {
	wide, cell := r.widest(), 4
	for _, row := range r.Matrix {
		for _, n := range row {
			cell = max(cell, len(fmt.Sprint(n))+1)
		}
	}
	fmt.Fprintf(b, "\nShown (down) and taken for (across):\n\n     %s", pad("", wide))
	for k := range r.Species {
		fmt.Fprintf(b, "%*d", cell, k+1)
	}
	fmt.Fprintln(b)
	for k, row := range r.Matrix {
		fmt.Fprintf(b, "%3d  %s", k+1, pad(r.Species[k].Name, wide))
		for _, n := range row {
			if n == 0 {
				fmt.Fprintf(b, "%*s", cell, "·")
			} else {
				fmt.Fprintf(b, "%*d", cell, n)
			}
		}
		fmt.Fprintln(b)
	}
}

// widest is how wide the column of names is.
func (r *Report) widest() int {
	wide := len("species")
	for _, s := range r.Species {
		wide = max(wide, utf8.RuneCountInString(s.Name))
	}
	return min(wide, 30)
}

func list(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, line := range lines[:min(len(lines), mostShown)] {
		fmt.Fprintf(b, "  %s\n", printable(line))
	}
	if n := len(lines); n > mostShown {
		fmt.Fprintf(b, "  … and %d more\n", n-mostShown)
	}
}

func pad(s string, width int) string {
	s = printable(s)
	if n := utf8.RuneCountInString(s); n > width {
		return string([]rune(s)[:width-1]) + "…"
	} else {
		return s + strings.Repeat(" ", width-n)
	}
}

// printable keeps a file's name from moving the cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '�'
	}, s)
}
