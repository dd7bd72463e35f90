package engine

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
)

// A Precision is what a network is computed in.
type Precision string

const (
	Float32 Precision = "float32"
	Int8    Precision = "int8" // weights and most activations are rounded to 8 bits
)

// A Range is the least and the most that a value of a network comes to.
type Range struct{ Least, Most float32 }

// Ranges are the ranges of a network's values by name: what Int8 has to know of it. They are measured once, on inputs like those
// to come, and kept beside the network.
type Ranges map[string]Range

// Calibrate measures the ranges of a network's values. A range is the mean of those of the single inputs, so that one odd input
// does not make it wide and thereby coarse for all.
func Calibrate(file []byte, inputs iter.Seq[[]float32]) (ranges Ranges, err error) {
	defer func() {
		if r := recover(); r != nil {
			ranges, err = nil, fmt.Errorf("calibrate: %w: %v", errDamaged, r)
		}
	}()
	n, err := decodeOne(file)
	if err != nil {
		return nil, fmt.Errorf("calibrate: %w", err)
	}
	ks, err := chooseKernels("", Float32)
	if err != nil {
		return nil, err
	}
	n.outputs = nil
	for _, o := range n.operations {
		if next := only(o.out[0]); next != nil && next.kind == "Clip" {
			continue // will be one with it
		}
		o.out[0].output = true
		n.outputs = append(n.outputs, o.out[0])
	}
	p, err := compile(n, ks, nil, 1)
	if err != nil {
		return nil, fmt.Errorf("calibrate: %w", err)
	}
	s := newState(p, 1)
	names, values := []string{n.inputs[0].name}, [][]float32{nil}
	for _, v := range n.outputs {
		names, values = append(names, v.name), append(values, make([]float32, elements(v.shape)))
	}
	sums := make([][2]float64, len(names))
	count := 0.0
	for in := range inputs {
		if want := elements(n.inputs[0].shape); len(in) != want {
			return nil, fmt.Errorf("calibrate: input has %d numbers, want %d", len(in), want)
		}
		values[0] = in
		s.compute(values[:1], values[1:])
		for i, v := range values {
			sums[i][0] += float64(slices.Min(v))
			sums[i][1] += float64(slices.Max(v))
		}
		count++
	}
	if count == 0 {
		return nil, errors.New("calibrate: no inputs")
	}
	ranges = Ranges{}
	for i, name := range names {
		ranges[name] = Range{float32(sums[i][0] / count), float32(sums[i][1] / count)}
	}
	return ranges, nil
}

// Write writes ranges as CSV: value, least, most.
func (r Ranges) Write(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"value", "least", "most"})
	number := func(f float32) string { return strconv.FormatFloat(float64(f), 'g', 6, 32) }
	for _, name := range slices.Sorted(maps.Keys(r)) {
		c.Write([]string{name, number(r[name].Least), number(r[name].Most)})
	}
	c.Flush()
	return c.Error()
}

// ReadRanges reads what Write wrote.
func ReadRanges(r io.Reader) (Ranges, error) {
	lines, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("ranges: %w", err)
	}
	ranges := Ranges{}
	for i, line := range lines {
		if i == 0 {
			continue
		}
		if len(line) != 3 {
			return nil, fmt.Errorf("ranges: line %d has %d fields instead of three", i+1, len(line))
		}
		least, err1 := strconv.ParseFloat(line[1], 32)
		most, err2 := strconv.ParseFloat(line[2], 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("ranges: line %d: %w", i+1, err)
		}
		if !(least <= most) || math.IsInf(most-least, 0) {
			return nil, fmt.Errorf("ranges: line %d: from %v to %v is no range", i+1, least, most)
		}
		ranges[line[0]] = Range{float32(least), float32(most)}
	}
	return ranges, nil
}
