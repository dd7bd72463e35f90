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
	"io"
	"slices"

	"golang.org/x/image/draw"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/zoodex/zoodex/vision"
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

// Bounds of the pictures in a report: beyond them only IDs are shown.
const (
	mostPictures  = 400
	mostDoubtful  = 6   // of the right answers of each species
	pictureHeight = 140 // pixels
)

// HTML writes the report as one page with pictures and plots that needs nothing else. Photos are
// read again for their pictures.
func (r *Result) HTML(ctx context.Context, w io.Writer) error {
	view := struct {
		*Report
		Mistaken, Doubtful []Cell
		Sure, Growth       template.HTML
		Picture            func(id string) template.URL
	}{Report: r.Report}
	for _, c := range r.Report.Cells {
		if c.Shown != c.TakenFor {
			view.Mistaken = append(view.Mistaken, c)
			continue
		}
		unsure := slices.DeleteFunc(slices.Clone(c.Photos), func(a Answer) bool { return a.Decision == vision.Certain })
		if unsure = unsure[max(0, len(unsure)-mostDoubtful):]; len(unsure) > 0 {
			view.Doubtful = append(view.Doubtful, Cell{c.Shown, c.TakenFor, unsure})
		}
	}
	photos := map[string]*Photo{}
	for _, p := range slices.Concat(r.lesson.Photos, r.lesson.Known) {
		photos[p.ID] = p
	}
	decoder, taken := photo.NewDecoder(photo.Limits{}), 0
	view.Picture = func(id string) template.URL {
		p := photos[id]
		if p == nil || p.Study == nil || p.Open == nil || taken == mostPictures {
			return ""
		}
		taken++
		return thumbnail(ctx, decoder, p)
	}
	var err error
	if view.Growth, err = r.Report.plotCurve(); err != nil {
		return fmt.Errorf("learning curve: %w", err)
	}
	if view.Sure, err = r.Report.plotCertain(); err != nil {
		return fmt.Errorf("plot of species: %w", err)
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, view); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, err = out.WriteTo(w)
	return err
}

// thumbnail is a small JPEG of a photo as a data URL, or "" when it can no longer be read.
func thumbnail(ctx context.Context, d *photo.Decoder, p *Photo) template.URL {
	data, err := p.read()
	if err != nil {
		return ""
	}
	decoded, err := d.Decode(ctx, data)
	if err != nil {
		return ""
	}
	from := decoded.Image()
	size := from.Bounds().Size()
	width := min(max(size.X*pictureHeight/size.Y, 1), 3*pictureHeight)
	to := image.NewRGBA(image.Rect(0, 0, width, pictureHeight))
	draw.ApproxBiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, to, &jpeg.Options{Quality: 80}); err != nil {
		return ""
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(out.Bytes()))
}

var (
	green = color.RGBA{46, 125, 80, 255}
	amber = color.RGBA{226, 176, 74, 255}
	red   = color.RGBA{200, 60, 40, 255}
	grey  = color.RGBA{190, 198, 193, 255}
)

// plotCurve draws accuracy by photos of each species, and below it the species that lag behind.
func (r *Report) plotCurve() (template.HTML, error) {
	if len(r.Curve) < 2 {
		return "", nil
	}
	p := plot.New()
	p.X.Label.Text = "photos of each species to learn from, on average"
	p.Y.Label.Text = "recognised, %"
	p.Add(plotter.NewGrid())
	lowest := 100.0
	draw := func(name string, c color.Color, width vg.Length, value func(Point) float64) error {
		points := make(plotter.XYs, len(r.Curve))
		for i, at := range r.Curve {
			points[i].X, points[i].Y = at.Photos, 100*value(at)
			lowest = min(lowest, points[i].Y)
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		line.Color, line.Width = c, width
		dots.Color, dots.Shape, dots.Radius = c, vgdraw.CircleGlyph{}, width*1.5
		p.Add(line, dots)
		p.Legend.Add(name, line)
		return nil
	}
	weakest := make([]int, 0, len(r.Species))
	for k, s := range r.Species {
		if s.Recall < r.Accuracy {
			weakest = append(weakest, k)
		}
	}
	slices.SortStableFunc(weakest, func(a, b int) int { return r.Matrix[a][a]*r.Species[b].Photos - r.Matrix[b][b]*r.Species[a].Photos })
	for i, k := range weakest[:min(2, len(weakest))] {
		if err := draw(short(r.Species[k].Name), []color.Color{red, amber}[i], vg.Points(1.2), func(c Point) float64 { return c.Recall[k] }); err != nil {
			return "", err
		}
	}
	if err := draw("all species", green, vg.Points(2.2), func(c Point) float64 { return c.Accuracy }); err != nil {
		return "", err
	}
	p.X.Min, p.Y.Max, p.Y.Min = 0, 100.5, max(0, lowest-5)
	return svg(p, 15*vg.Centimeter, 8*vg.Centimeter)
}

// plotCertain draws a bar for each species: with the check mark, recognised without it, and taken for another.
func (r *Report) plotCertain() (template.HTML, error) {
	n := len(r.Species)
	certain, unsure, wrong := make(plotter.Values, n), make(plotter.Values, n), make(plotter.Values, n)
	names := make([]string, n)
	for k, s := range r.Species {
		i := n - 1 - k // the first on top
		names[i] = short(s.Name)
		certain[i] = 100 * min(s.Certain, s.Recall)
		unsure[i] = 100*s.Recall - certain[i]
		wrong[i] = 100 - 100*s.Recall
	}
	p := plot.New()
	p.X.Label.Text = "of its photos, %"
	p.Legend.Top = true
	var below *plotter.BarChart
	for _, bar := range []struct {
		name   string
		values plotter.Values
		color  color.Color
	}{{"check mark", certain, green}, {"unsure", unsure, grey}, {"taken for another", wrong, red}} {
		chart, err := plotter.NewBarChart(bar.values, vg.Points(9))
		if err != nil {
			return "", err
		}
		chart.Horizontal, chart.Color, chart.LineStyle.Width = true, bar.color, 0
		if below != nil {
			chart.StackOn(below)
		}
		below = chart
		p.Add(chart)
		p.Legend.Add(bar.name, chart)
	}
	p.NominalY(names...)
	p.X.Min, p.X.Max = 0, 135 // leaves room for the legend
	p.X.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: "0"}, {Value: 25, Label: "25"}, {Value: 50, Label: "50"}, {Value: 75, Label: "75"}, {Value: 100, Label: "100"}}
	return svg(p, 18*vg.Centimeter, vg.Length(n)*vg.Points(15)+2.5*vg.Centimeter)
}

// short cuts a name for a plot.
func short(name string) string {
	name = printable(name)
	if runes := []rune(name); len(runes) > 28 {
		return string(runes[:27]) + "…"
	}
	return name
}

func svg(p *plot.Plot, width, height vg.Length) (template.HTML, error) {
	// With the fonts inside, names are as wide in a browser as the plot took them to be.
	canvas := vgsvg.NewWith(vgsvg.UseWH(width, height), vgsvg.EmbedFonts(true))
	p.Draw(vgdraw.New(canvas))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return "", err
	}
	drawn := out.Bytes()
	if start := bytes.Index(drawn, []byte("<svg")); start > 0 {
		drawn = drawn[start:] // inside a page there is no XML declaration
	}
	return template.HTML(drawn), nil
}
