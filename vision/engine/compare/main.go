// Command compare times the engine and ONNX Runtime on the same networks in alternating rounds of one run, and prints the
// table of the engine's README. It installs ONNX Runtime from PyPI into a virtual environment of its own.
//
//	go run ./vision/engine/compare vision/model/efficientnet-lite2.onnx
package main

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zoodex/zoodex/vision/engine"
)

//go:embed ort.py
var ort string

func main() {
	rounds := flag.Int("rounds", 12, "rounds, in which each contestant has a turn")
	runs := flag.Int("runs", 20, "runs in a turn")
	venv := flag.String("venv", filepath.Join(".cache", "onnxruntime"), "folder of the virtual environment")
	flag.Parse()
	log.SetFlags(0)
	if flag.NArg() == 0 {
		log.Fatal("compare: name one or more ONNX files")
	}
	if err := compare(flag.Args(), *venv, *rounds, *runs); err != nil {
		log.Fatal("compare: ", err)
	}
}

// A contestant is a way to run a network.
type contestant struct {
	options engine.Options                    // without a kernel: ONNX Runtime
	turn    func(runs int) ([]float64, error) // milliseconds of each run
	times   []float64
}

func compare(files []string, venv string, rounds, runs int) error {
	rival, err := startRival(venv)
	if err != nil {
		return err
	}
	defer rival.stop()
	fmt.Printf("%s, %d cores, best / median of %d runs in %d alternating rounds, milliseconds; ratios of best / median.\n\n",
		runtime.GOARCH, runtime.NumCPU(), rounds*runs, rounds)
	fmt.Println("| network | precision | threads | kernels | ONNX Runtime | engine | ratio |\n|---|---|---|---|---|---|---|")
	for _, path := range files {
		file, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var all []*contestant
		for _, precision := range []engine.Precision{engine.Float32, engine.Int8} {
			for _, threads := range []int{1, 2} {
				all = append(all, &contestant{turn: func(runs int) ([]float64, error) { return rival.turn(path, precision, threads, runs) }})
				for _, kernel := range engine.Kernels() {
					if kernel == "portable" {
						continue
					}
					c, err := ours(file, engine.Options{Kernel: kernel, Precision: precision, Threads: threads})
					if err != nil {
						return err
					}
					all = append(all, c)
				}
			}
		}
		for range rounds {
			for _, c := range all {
				times, err := c.turn(runs)
				if err != nil {
					return err
				}
				c.times = append(c.times, times...)
			}
		}
		var theirs *contestant
		for _, c := range all {
			slices.Sort(c.times)
			if c.options.Kernel == "" {
				theirs = c
				continue
			}
			fmt.Printf("| %s | %s | %d | %s | %.2f / %.2f | %.2f / %.2f | %.2f / %.2f |\n", strings.TrimSuffix(filepath.Base(path), ".onnx"),
				c.options.Precision, c.options.Threads, c.options.Kernel, theirs.best(), theirs.median(), c.best(), c.median(),
				c.best()/theirs.best(), c.median()/theirs.median())
		}
	}
	return nil
}

func (c *contestant) best() float64   { return c.times[0] }
func (c *contestant) median() float64 { return c.times[len(c.times)/2] }

func ours(file []byte, o engine.Options) (*contestant, error) {
	e, err := engine.Load(file, engine.Options{})
	if err != nil {
		return nil, err
	}
	size := func(p engine.Port) int {
		n := 1
		for _, d := range p.Shape {
			n *= d
		}
		return n
	}
	outs := make([][]float32, len(e.Outputs()))
	outs[len(outs)-1] = make([]float32, size(e.Outputs()[len(outs)-1]))
	in := make([]float32, size(e.Input()))
	for i := range in {
		in[i] = float32(i%255) / 255
	}
	if o.Precision == engine.Int8 {
		if o.Ranges, err = engine.Calibrate(file, slices.Values([][]float32{in})); err != nil {
			return nil, err
		}
	}
	if e, err = engine.Load(file, o); err != nil {
		return nil, err
	}
	return &contestant{options: o, turn: func(runs int) ([]float64, error) {
		times := make([]float64, runs)
		for i := range times {
			start := time.Now()
			if err := e.Run(context.Background(), in, outs...); err != nil {
				return nil, err
			}
			times[i] = time.Since(start).Seconds() * 1e3
		}
		return times, nil
	}}, nil
}

// A rival is ONNX Runtime in a process of its own.
type rival struct {
	command *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Reader
}

func startRival(venv string) (*rival, error) {
	python := filepath.Join(venv, "bin", "python")
	if _, err := os.Stat(python); err != nil {
		for _, command := range [][]string{{"python3", "-m", "venv", venv}, {python, "-m", "pip", "install", "--quiet", "onnxruntime", "onnx", "numpy"}} {
			c := exec.Command(command[0], command[1:]...)
			c.Stderr = os.Stderr
			if err := c.Run(); err != nil {
				return nil, errors.Join(fmt.Errorf("%s: %w", strings.Join(command, " "), err), os.RemoveAll(venv))
			}
		}
	}
	r := &rival{command: exec.Command(python, "-c", ort)}
	r.command.Stderr = os.Stderr
	var err error
	if r.ask, err = r.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := r.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r.answers = bufio.NewReader(out)
	return r, r.command.Start()
}

func (r *rival) turn(path string, precision engine.Precision, threads, runs int) ([]float64, error) {
	if _, err := fmt.Fprintln(r.ask, path, precision, threads, runs); err != nil {
		return nil, err
	}
	line, err := r.answers.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("onnxruntime stopped: %w", err)
	}
	var times []float64
	for word := range strings.FieldsSeq(line) {
		ms, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, err
		}
		times = append(times, ms)
	}
	return times, nil
}

func (r *rival) stop() {
	r.ask.Close()
	r.command.Wait()
}
