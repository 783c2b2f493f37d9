package main

import (
	"context"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browser starts a Chromium for a test.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	require.NoError(t, err, "these tests need Chromium (apt-get install chromium)")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, // root has no sandbox
		chromedp.WindowSize(1280, 900), chromedp.Flag("disable-dev-shm-usage", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closing := chromedp.NewContext(allocator)
	t.Cleanup(closing)
	require.NoError(t, chromedp.Do(ctx))
	return ctx
}

// step is an action without a result.
type step = chromedp.Action[chromedp.Void]

// tab is a page in the browser, with its errors and requests.
type tab struct {
	*testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string // errors and exceptions
	requests []string
}

// open opens a page in a new tab, after other actions.
func open(browser context.Context, t *testing.T, file string, before ...step) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	require.NoError(t, chromedp.Do(ctx)) // opens the tab, without the timeout below, which would end the browser
	page := &tab{T: t}
	require.NoError(t, chromedp.Listen(ctx, page.note))
	page.ctx, stop = context.WithTimeout(ctx, 5*time.Minute) // for a busy machine
	t.Cleanup(stop)
	address := url.URL{Scheme: "file", Path: file}
	page.run(before...)
	page.run(chromedp.Navigate(address.String()), chromedp.WaitReady(chromedp.CSS("#caption")))
	return page
}

// note keeps the errors and requests of the page.
func (p *tab) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, event.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		p.problems = append(p.problems, "console."+string(event.Type))
	case *log.EventEntryAdded:
		p.problems = append(p.problems, event.Entry.Text)
	case *network.EventRequestWillBeSent:
		if strings.HasPrefix(event.Request.URL, "data:") {
			return // icons of the browser, in fields for dates
		}
		p.requests = append(p.requests, event.Request.URL)
	}
}

func (p *tab) run(steps ...step) {
	p.Helper()
	require.NoError(p, chromedp.Do(p.ctx, steps...))
}

// click clicks the first element that a selector finds.
func click(selector string) step { return chromedp.Click(chromedp.CSS(selector)) }

// keys types into the first element that a selector finds.
func keys(selector, text string) step { return chromedp.SendKeys(chromedp.CSS(selector), text) }

// prefers sets whether the system prefers dark or light colours.
func prefers(scheme string) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	})
}

// assertNoProblems fails if the page had errors or requested anything but itself.
func (p *tab) assertNoProblems() {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	assert.Empty(p, p.problems)
	require.Len(p, p.requests, 1, "the page itself")
	assert.True(p, strings.HasPrefix(p.requests[0], "file://"))
}

// js evaluates an expression in the page, and waits for its promise.
func js[T any](p *tab, expression string) T {
	p.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(p, err)
	return value
}

// do evaluates an expression that has no value.
func (p *tab) do(expression string) {
	p.Helper()
	js[chromedp.Void](p, expression)
}

// press presses a key until an expression is true.
func (p *tab) press(key, until string) {
	p.Helper()
	for range 150 {
		p.run(chromedp.KeyEvent(key))
		if js[bool](p, until) {
			return
		}
	}
	require.Fail(p, "the keyboard does not reach it", until)
}

// figures returns the names and numbers of a panel's bars, as they are shown.
func (p *tab) figures(panel string) map[string]int {
	p.Helper()
	if js[bool](p, `document.querySelector("`+panel+` .more[aria-expanded=false]") !== null`) {
		p.run(click(panel + " .more"))
	}
	return js[map[string]int](p, `Object.fromEntries([...document.querySelectorAll("`+panel+` .bar")].map(bar =>
		[bar.querySelector(".name").innerText.trim(), Number(bar.querySelector(".figure").innerText.replaceAll(",", ""))]))`)
}

// text returns the text that an element shows.
func (p *tab) text(selector string) string {
	p.Helper()
	return js[string](p, `document.querySelector("`+selector+`").innerText`)
}

// pageOf runs the program and returns the path of its page.
func pageOf(t *testing.T, args ...string) string {
	t.Helper()
	_, folder, err := runReport(t, variables(), append(args, "-only", "all")...)
	require.NoError(t, err)
	return filepath.Join(folder, "report.html")
}

const (
	onBar      = `document.activeElement.classList.contains("bar")`
	onRecords  = `document.activeElement.id === "records"`
	onDetails  = `document.activeElement.closest("td") !== null`
	hasOutline = `getComputedStyle(document.activeElement).outlineStyle !== "none" && parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2`
)
