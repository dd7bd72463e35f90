package app_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// BenchmarkBrowserFirstLoad is the first visit of a phone whose processor is
// four times slower than this one, over "slow 4G": 1.6 Mbit/s down, 750 kbit/s
// up and 150 ms to the service and back. It reports the milliseconds until the
// button that opens the camera can be pressed, and what was transferred.
func BenchmarkBrowserFirstLoad(b *testing.B) {
	phones := openPhones(b)
	var ready, code, all float64
	for b.Loop() {
		child := phones.chromium.visit(b, phones.url+"/healthz", "en") // any page but the app, which no cache holds yet
		child.expectsErrors.Store(true)                                // of the bare page's missing icon
		child.does(
			command(network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
				MatchedNetworkConditions: []*network.Conditions{{Latency: 150, DownloadThroughput: 1.6e6 / 8, UploadThroughput: 750e3 / 8}},
			}),
			command(emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4}),
			command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
				new MutationObserver((_, watcher) => {
					if (window.ready || !document.querySelector('[data-testid=open-camera]')) return
					watcher.disconnect()
					requestAnimationFrame(() => setTimeout(() => { window.ready = performance.now() })) // painted, and free again
				}).observe(document, { childList: true, subtree: true })`}),
			chromedp.Navigate(phones.url),
		)
		child.waits("be ready", "window.ready > 0")
		child.hasCaught(0)
		ready += evaluate[float64](child, "window.ready")
		code += evaluate[float64](child, `performance.getEntriesByType('resource').filter(r => /\.(js|css)$/.test(r.name) && !r.name.endsWith('worker.js')).reduce((sum, r) => sum + r.transferSize, 0)`)
		all += evaluate[float64](child, `[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')].reduce((sum, r) => sum + r.transferSize, 0)`)
	}
	n := float64(b.N)
	b.ReportMetric(ready/n, "ms-ready/op")
	b.ReportMetric(code/n/1000, "kB-code/op")
	b.ReportMetric(all/n/1000, "kB-all/op")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkBrowserCheckMark is the way from the first frame of an animal to its
// check mark, on this machine. It reports the milliseconds of it that were not
// spent in recognition: drawing, encoding, sending, answering, showing; and the
// size of a look and of a capture.
func BenchmarkBrowserCheckMark(b *testing.B) {
	lion := filepath.Join(photoFolder(b), "imagen-det/lion/n02129165_10881_lion.jpg")
	phones := openPhones(b, filming(b, decoded(b, lion))...)
	var whole, recognition, look, capture float64
	for b.Loop() {
		before := phones.recognised(b)
		child := phones.chromium.visit(b, phones.url+"/healthz", "en")
		child.expectsErrors.Store(true) // of the bare page's missing icon
		child.does(command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
			const encode = HTMLCanvasElement.prototype.toBlob
			HTMLCanvasElement.prototype.toBlob = function (...how) { window.began ??= performance.now(); encode.apply(this, how) }
			new MutationObserver((_, watcher) => {
				if (!document.querySelector('[data-testid=found] [data-testid=check]')) return
				watcher.disconnect()
				requestAnimationFrame(() => { window.lit = performance.now() })
			}).observe(document, { childList: true, subtree: true })
			const ask = window.fetch
			window.fetch = async (address, options) => {
				if (options.method === 'PUT') { // only looks are to be recognised
					window.captureBytes = options.body.size
					return new Promise(() => 0)
				}
				const answer = await ask(address, options)
				if (String(address).endsWith('/v1/looks')) window.lookBytes = options.body.size
				if (String(address).endsWith('/v1/looks') && !window.lit) window.looks = (window.looks ?? 0) + 1
				return answer
			}`}), chromedp.Navigate(phones.url))
		child.waits("see the check mark, and send the capture", "window.lit > 0 && window.captureBytes > 0")
		whole += evaluate[float64](child, "window.lit - window.began")
		if looks := evaluate[float64](child, "window.looks"); looks != 3 {
			b.Logf("%v looks until the check mark, instead of 3", looks)
		}
		recognition += phones.recognised(b) - before
		look += evaluate[float64](child, "window.lookBytes")
		capture += evaluate[float64](child, "window.captureBytes")
	}
	n := float64(b.N)
	b.ReportMetric(whole/n, "ms-whole/op")
	b.ReportMetric(recognition/n, "ms-recognition/op")
	b.ReportMetric((whole-recognition)/n, "ms-overhead/op")
	b.ReportMetric(look/n/1000, "kB-look/op")
	b.ReportMetric(capture/n/1000, "kB-capture/op")
	b.ReportMetric(0, "ns/op")
}

// recognised gives how long the service has spent in recognition, in milliseconds.
func (p *phones) recognised(b *testing.B) (spent float64) {
	for line := range strings.Lines(string(p.ask("GET", "/metrics", nil).body)) {
		if name, value, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(name, "zoodex_recognition_seconds_sum") {
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil {
				b.Fatal(err)
			}
			spent += 1000 * seconds
		}
	}
	return spent
}
