package api

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are what operators watch. No label names a visitor, a phone or an
// address.
type Metrics struct {
	registry *prometheus.Registry
	Requests *prometheus.HistogramVec // seconds by method, route and status
	Stages   *prometheus.HistogramVec // seconds of recognition by stage
	Outcomes *prometheus.CounterVec   // captures by outcome
	Queue    prometheus.Gauge         // photos being recognised or waiting for it
}

// NewMetrics makes a registry of its own, so that several services can live
// in one process.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		Requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "zoodex_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
		Stages: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "zoodex_recognition_seconds", Help: "Time of recognition, by stage.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
		}, []string{"stage"}),
		Outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zoodex_captures_total", Help: "Captures recorded, by outcome.",
		}, []string{"outcome"}),
		Queue: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "zoodex_recognition_queue", Help: "Photos being recognised or waiting for it.",
		}),
	}
	m.registry.MustRegister(m.Requests, m.Stages, m.Outcomes, m.Queue,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Stage notes how long a stage of recognition took.
func (m *Metrics) Stage(name string, d time.Duration) {
	m.Stages.WithLabelValues(name).Observe(d.Seconds())
}

// Handler serves the metrics in Prometheus' text format.
func (m *Metrics) Handler() fiber.Handler {
	return adaptor.HTTPHandler(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
}

// Observe is middleware that times every request under its route.
func (m *Metrics) Observe(c *fiber.Ctx) error {
	start := time.Now()
	err := c.Next()
	if err != nil {
		// Answered here rather than later, so that its status is known.
		if err = c.App().ErrorHandler(c, err); err != nil {
			return err
		}
	}
	status := c.Response().StatusCode()
	route := c.Route().Path
	if status == fiber.StatusNotFound || route == "/" {
		route = "other" // the pages, and paths that strangers make up
	}
	m.Requests.WithLabelValues(c.Method(), route, strconv.Itoa(status)).Observe(time.Since(start).Seconds())
	return nil
}
