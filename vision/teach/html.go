package teach

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/zoodex/zoodex/vision/photo"
)

//go:embed report.html
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"percent": func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) },
	"next":    func(i int) int { return i + 1 },
	"shade":   shade,
}).Parse(page))

// shade colours a cell of the matrix by its part of the row: right answers green, wrong ones red.
func shade(n, row, column int, all []int) template.CSS {
	total := 0
	for _, v := range all {
		total += v
	}
	if n == 0 || total == 0 {
		return ""
	}
	share := float64(n) / float64(total)
	if row == column {
		return template.CSS(fmt.Sprintf("background: rgb(46 125 80 / %.2f)", 0.15+0.6*share))
	}
	return template.CSS(fmt.Sprintf("background: rgb(200 60 40 / %.2f)", 0.25+0.7*share))
}

// picturesOf bounds the pictures in a report: beyond it only paths are shown.
const mostPictures = 400

// WriteHTML writes the report as index.html into a folder, with pictures and plots inside the file.
func (r *Report) WriteHTML(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	type cell struct {
		Shown, TakenFor int
		Photos          []Mistake
	}
	view := struct {
		*Report
		Cells   []cell
		Curve   template.HTML
		Picture func(*Photo) template.URL
		Photo   func(any) *Photo
	}{Report: r}
	number := map[string]int{}
	for k, s := range r.Species {
		number[s.Name] = k
	}
	at := map[[2]int]int{}
	for _, w := range r.Wrong {
		key := [2]int{number[w.Shown], number[w.TakenFor]}
		i, ok := at[key]
		if !ok {
			i = len(view.Cells)
			at[key] = i
			view.Cells = append(view.Cells, cell{Shown: key[0], TakenFor: key[1]})
		}
		view.Cells[i].Photos = append(view.Cells[i].Photos, w)
	}
	decoder, taken := photo.NewDecoder(photo.Limits{}), 0
	view.Picture = func(p *Photo) template.URL {
		if p == nil || p.Study == nil || taken == mostPictures {
			return ""
		}
		taken++
		return thumbnail(decoder, p)
	}
	view.Photo = func(of any) *Photo {
		switch of := of.(type) {
		case Mistake:
			return of.photo
		case Noted:
			return of.photo
		}
		return nil
	}
	var err error
	if view.Curve, err = r.plotCurve(); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, view); err != nil {
		return err
	}
	return WriteFile(filepath.Join(folder, "index.html"), out.Bytes())
}

// thumbnail is a small JPEG of a photo as a data URL, or "" when it can no longer be read.
func thumbnail(d *photo.Decoder, p *Photo) template.URL {
	const height = 140
	data, err := p.read()
	if err != nil {
		return ""
	}
	decoded, err := d.Decode(context.Background(), data)
	if err != nil {
		return ""
	}
	from := decoded.Image()
	size := from.Bounds().Size()
	width := min(max(size.X*height/size.Y, 1), 3*height)
	to := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.ApproxBiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, to, &jpeg.Options{Quality: 80}); err != nil {
		return ""
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(out.Bytes()))
}

// plotCurve draws accuracy by photos of each species as SVG.
func (r *Report) plotCurve() (template.HTML, error) {
	if len(r.Curve) < 2 {
		return "", nil
	}
	p := plot.New()
	p.X.Label.Text = "photos of each species to learn from, on average"
	p.Y.Label.Text = "recognised, %"
	points := make(plotter.XYs, len(r.Curve))
	low := 100.0
	for i, c := range r.Curve {
		points[i].X, points[i].Y = c.Photos, 100*c.Accuracy
		low = min(low, 100*c.Accuracy)
	}
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		return "", fmt.Errorf("learning curve: %w", err)
	}
	green := color.RGBA{46, 125, 80, 255}
	line.Color, line.Width = green, vg.Points(2)
	dots.Color, dots.Shape, dots.Radius = green, vgdraw.CircleGlyph{}, vg.Points(3.5)
	p.Add(plotter.NewGrid(), line, dots)
	p.X.Min, p.Y.Max, p.Y.Min = 0, 100.2, max(0, low-2)
	canvas := vgsvg.New(12*vg.Centimeter, 7*vg.Centimeter)
	p.Draw(vgdraw.New(canvas))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return "", fmt.Errorf("learning curve: %w", err)
	}
	svg := out.Bytes()
	if start := bytes.Index(svg, []byte("<svg")); start > 0 {
		svg = svg[start:] // inside a page there is no XML declaration
	}
	return template.HTML(svg), nil
}
