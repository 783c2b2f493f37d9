package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sample matches one line of the metrics.
var sample = regexp.MustCompile(`^(collector_\w+\{.*\}) (\S+)$`)

// ruleTest is the file that promtool reads, written as JSON, which is valid YAML.
type ruleTest struct {
	RuleFiles          []string   `json:"rule_files"`
	EvaluationInterval string     `json:"evaluation_interval"`
	Tests              []ruleCase `json:"tests"`
}

type ruleCase struct {
	Interval    string       `json:"interval"`
	InputSeries []ruleSeries `json:"input_series"`
	Alerts      []ruleAlerts `json:"alert_rule_test"`
}

type ruleSeries struct {
	Series string `json:"series"`
	Values string `json:"values"`
}

type ruleAlerts struct {
	At       string        `json:"eval_time"`
	Name     string        `json:"alertname"`
	Expected []firingAlert `json:"exp_alerts"`
}

type firingAlert struct {
	Labels      map[string]string `json:"exp_labels"`
	Annotations map[string]string `json:"exp_annotations"`
}

// The alerts run on the metrics that a collector serves. CollectorFeedBehind fires for the one feed
// that is refused, and for no other: neither another environment nor a second collector of the same
// one changes that. CollectorAbsent fires if nothing is served.
func TestAlerts(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	require.NoError(t, err, "promtool is needed: apt-get install --no-install-recommends prometheus")
	_, config := serveFakes(t, 10)
	breakPassword(t, config)
	listen := freeAddress(t)
	c := follow(t, "-config", config, "-db", filepath.Join(t.TempDir(), "activity.db"), "-listen", listen)
	c.waitFor(t, `msg="the feed is refused" vendor=snaplogic`)
	var text string
	caughtUp := regexp.MustCompile(`(?m)^collector_lag_seconds\{.*\} \d\.`)
	require.Eventually(t, func() bool {
		_, text = get(t, "http://"+listen+"/metrics")
		return len(caughtUp.FindAllString(text, -1)) == 4
	}, 30*time.Second, 20*time.Millisecond)
	var series []ruleSeries
	for line := range strings.Lines(text) {
		if m := sample.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			series = append(series, ruleSeries{strings.Replace(m[1], "{", `{job="production",`, 1), m[2] + "+0x30"})
		}
	}
	require.Greater(t, len(series), 30, text)
	// A test environment that follows the same feed, and a second collector that is far behind.
	series = append(series, ruleSeries{`collector_lag_seconds{job="test",vendor="snaplogic",tenant="demo",feed="activities"}`, "1+0x30"},
		ruleSeries{`collector_lag_seconds{job="production",instance="b",vendor="opswat",tenant="demo",feed="activities"}`, "99999+0x30"})

	rules, err := filepath.Abs("deploy/alerts.yaml")
	require.NoError(t, err)
	behind := []firingAlert{{
		Labels: map[string]string{"severity": "warning", "job": "production", "vendor": "snaplogic", "tenant": "demo", "feed": "activities"},
		Annotations: map[string]string{
			"summary": "snaplogic/demo/activities is more than an hour behind",
			"description": `The command "collector feeds" and /healthz show the reason. If the feed is refused, fix its credentials, its permissions ` +
				`or the sink. A feed that is retrying recovers by itself. A new feed is behind until it has caught up.`,
		},
	}}
	absent := []firingAlert{{
		Labels: map[string]string{"severity": "critical"},
		Annotations: map[string]string{
			"summary": "no collector reports",
			"description": `No collector is running, or Prometheus cannot reach its metrics. Start one: it goes on where the last one stopped. ` +
				`With JetStream it must run again within the stream's duplicate window.`,
		},
	}}
	const name, gone = "CollectorFeedBehind", "CollectorAbsent"
	test := ruleTest{RuleFiles: []string{rules}, EvaluationInterval: "1m", Tests: []ruleCase{
		{"1m", series, []ruleAlerts{{"10m", name, nil}, {"20m", name, behind}, {"20m", gone, nil}}},
		{"1m", nil, []ruleAlerts{{"2m", gone, nil}, {"10m", gone, absent}, {"20m", name, nil}}},
	}}
	data, err := json.MarshalIndent(test, "", " ")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "test.json")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	out, err := exec.CommandContext(t.Context(), promtool, "test", "rules", file).CombinedOutput()
	assert.NoError(t, err, "%s", out)
}
