package wire_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/wire"
)

const maintenancePage = "<!DOCTYPE html>\n<html><head><meta charset=utf-8><TITLE lang=en>\n  Down &amp; out\n</TITLE></head><body>…</body></html>"

func TestMessage(t *testing.T) {
	long := strings.Repeat("é", 400)
	for _, c := range []struct {
		name, body string
		want       wire.ErrorText
	}{
		{"code, message and request", `{"code":"not_found","message":"No such transfer","request_id":"r-1"}`,
			wire.ErrorText{Code: "not_found", Message: "No such transfer", RequestID: "r-1"}},
		{"code as a number", `{"code":404,"message":"No such transfer"}`, wire.ErrorText{Code: "404", Message: "No such transfer"}},
		{"message alone", `{"message":"Go away"}`, wire.ErrorText{Message: "Go away"}},
		{"OAuth", `{"error":"invalid_grant","error_description":"The assertion expired."}`,
			wire.ErrorText{Code: "invalid_grant", Message: "The assertion expired."}},
		{"OAuth without a description", `{"error":"invalid_client"}`, wire.ErrorText{Code: "invalid_client", Message: "invalid_client"}},
		{"error and message", `{"message":"You may not.","error":"access_denied"}`,
			wire.ErrorText{Code: "access_denied", Message: "You may not."}},
		{"a headline and a message", `{"status":400,"error":"Bad Request","message":"limit is too large","path":"/x"}`,
			wire.ErrorText{Message: "Bad Request: limit is too large"}},
		{"the same twice", `{"error":"Bad Request","message":"Bad Request"}`, wire.ErrorText{Message: "Bad Request"}},
		{"a sentence as error", `{"error":"It is broken"}`, wire.ErrorText{Message: "It is broken"}},
		{"a long word as error", `{"error":"` + strings.Repeat("x", 65) + `"}`, wire.ErrorText{Message: strings.Repeat("x", 65)}},
		{"an empty error", `{"error":"","message":"m"}`, wire.ErrorText{Message: "m"}},
		{"user_message within error", `{"error":{"code":"x1","user_message":"Sign in again","reason":"expired","request_id":5}}`,
			wire.ErrorText{Code: "x1", Message: "Sign in again", RequestID: "5"}},
		{"a list of errors", `{"errors":[{"message":"one"},{"message":"two","code":"c"},{"message":"one"},"three"]}`,
			wire.ErrorText{Code: "c", Message: "one; two; three"}},
		{"error_list", `{"http_status_code":401,"response_map":{"error_list":[{"message":"Bad credentials"}]}}`,
			wire.ErrorText{Message: "Bad credentials"}},
		{"error_list, nested, with empty messages",
			`{"response_map":{"error_list":[{"message":""},{"error_list":[{"message":null},{"message":"deep"}]},[[{"reason":"deeper"}]]]},"http_status_code":500}`,
			wire.ErrorText{Message: "deep; deeper"}},
		{"error_list without a message", `{"http_status_code":401,"response_map":{"error_list":[{"message":""}]}}`, wire.ErrorText{}},
		{"response_map as a string", `{"response_map":"Server is busy"}`, wire.ErrorText{Message: "Server is busy"}},
		{"response_map as an array", `{"response_map":["Server","busy"]}`, wire.ErrorText{Message: "Server; busy"}},
		{"status_message", `{"status_message":"Busy"}`, wire.ErrorText{Message: "Busy"}},
		{"reason before status_message", `{"status_message":"Busy","reason":"Overload"}`, wire.ErrorText{Message: "Overload"}},
		{"detail", `{"detail":"Invalid token."}`, wire.ErrorText{Message: "Invalid token."}},
		{"detail, error, message", `{"message":"m","error":"some error","detail":"d"}`, wire.ErrorText{Message: "d"}},
		{"detail as an object", `{"detail":{"message":"m","code":"token_not_valid"}}`, wire.ErrorText{Code: "token_not_valid", Message: "m"}},
		{"non_field_errors", `{"non_field_errors":["a","b"]}`, wire.ErrorText{Message: "a; b"}},
		{"fields alone", `{"page_size":["A valid integer is required."]}`, wire.ErrorText{}},
		{"nothing known", `{"status":500,"trace":"secret"}`, wire.ErrorText{}},
		{"kinds that are no text", `{"message":5,"error":true,"detail":null,"code":{},"request_id":[]}`, wire.ErrorText{}},
		{"description within error", `{"error":{"description":"d","internal_message":"i"}}`, wire.ErrorText{Message: "d"}},
		{"internal_message within error", `{"error":{"internal_message":"i"}}`, wire.ErrorText{Message: "i"}},
		{"user_message before the others", `{"error":{"internal_message":"i","description":"d","user_message":"u"}}`, wire.ErrorText{Message: "u"}},
		{"error and description", `{"error":"not_found","description":"No such node"}`, wire.ErrorText{Code: "not_found", Message: "No such node"}},
		{"failure", `{"failure":"bad window"}`, wire.ErrorText{Message: "bad window"}},
		{"errorCode and errorMessage", `{"errorCode":"BX1","errorMessage":"No such key","errorDetails":"secret"}`, wire.ErrorText{Code: "BX1", Message: "No such key"}},
		{"errorCode as a number", `{"errorCode":12,"errorMessage":"m"}`, wire.ErrorText{Code: "12", Message: "m"}},
		{"OAuth with a null state", `{"state":null,"error":"invalid_grant","error_description":"d"}`, wire.ErrorText{Code: "invalid_grant", Message: "d"}},
		{"errors as an object", `{"errors":{"limit":"is too large","stop":["is missing","is no time"],"base":"is broken","n":5,"o":{"title":"deep"}}}`,
			wire.ErrorText{Message: "is broken; limit: is too large; o.title: deep; stop: is missing is no time", Fields: map[string][]string{
				"base": {"is broken"}, "limit": {"is too large"}, "o.title": {"deep"}, "stop": {"is missing", "is no time"}}}},
		{"errors as one error", `{"errors":{"code":"c","message":"m","title":"t"}}`, wire.ErrorText{Code: "c", Message: "m"}},
		{"errors as an empty object", `{"errors":{}}`, wire.ErrorText{}},
		{"param", `{"param":"limit","code":"invalid_parameter_value","message":"invalid value","request_id":"r"}`,
			wire.ErrorText{Code: "invalid_parameter_value", Message: "invalid value", RequestID: "r", Fields: map[string][]string{"limit": {"invalid value"}}}},
		{"params", `{"params":["colour","size",5,null,{},"colour",""],"code":"c","message":"m"}`,
			wire.ErrorText{Code: "c", Message: "m", Fields: map[string][]string{"colour": {"m"}, "size": {"m"}, "5": {"m"}}}},
		{"params as a text", `{"params":"colour","message":"m"}`, wire.ErrorText{Message: "m", Fields: map[string][]string{"colour": {"m"}}}},
		{"param without a message", `{"code":"parameter_missing","param":"limit"}`,
			wire.ErrorText{Code: "parameter_missing", Fields: map[string][]string{"limit": {"parameter_missing"}}}},
		{"param and no word about it", `{"param":"limit"}`, wire.ErrorText{}},
		{"params within errors", `{"errors":[{"message":"a","param":"x"},{"message":"b","params":["x","y"]}]}`,
			wire.ErrorText{Message: "a; b", Fields: map[string][]string{"x": {"a", "b"}, "y": {"b"}}}},
		{"params within error", `{"error":{"user_message":"u","param":"x"}}`,
			wire.ErrorText{Message: "u", Fields: map[string][]string{"x": {"u"}}}},
		{"a list", `[{"message":"a"},{"message":"b"}]`, wire.ErrorText{Message: "a; b"}},
		{"a string", `"Not today"`, wire.ErrorText{Message: "Not today"}},
		{"cut JSON", `{"code":"c","message":"m","errors":[{"message":"x`, wire.ErrorText{Code: "c", Message: "m"}},
		{"cut within the nesting", `{"response_map":{"error_list":[{"message":"kept"},{"mess`, wire.ErrorText{Message: "kept"}},
		{"broken JSON", `{secret: secret}`, wire.ErrorText{}},
		{"plain text", " Bad\r\n\tGateway \x00 \x1b[31m\n", wire.ErrorText{Message: "Bad\r\n\tGateway \x00 \x1b[31m"}},
		{"invalid UTF-8", "caf\xe9 \u202egone", wire.ErrorText{Message: "caf\xe9 \u202egone"}},
		{"HTML", maintenancePage, wire.ErrorText{Message: "Down & out"}},
		{"HTML cut within the title", `<html><title>Down`, wire.ErrorText{Message: "Down"}},
		{"HTML without a title", `<html><body>secret</body></html>`, wire.ErrorText{}},
		{"XML", `<?xml version="1.0"?><root><x>secret</x></root>`, wire.ErrorText{}},
		{"empty", "", wire.ErrorText{}},
		{"white space", " \n", wire.ErrorText{}},
		{"long", `{"message":"` + long + `"}`, wire.ErrorText{Message: long}},
		{"long plain text", "x" + long, wire.ErrorText{Message: "x" + long}},
		{"long list", `{"errors":["` + strings.Repeat("a", 600) + `","b"]}`, wire.ErrorText{Message: strings.Repeat("a", 600) + "; b"}},
		{"escaped control characters", `{"message":"a\u0000\u2028b\nc\ud800"}`, wire.ErrorText{Message: "a\x00\u2028b\nc\ufffd"}},
		{"what cannot be seen around it", `{"code":" c\u0000 ","message":"\u200b m\n","detail":"\n"}`, wire.ErrorText{Code: "c", Message: "m"}},
	} {
		assert.Equal(t, c.want, wire.Message([]byte(c.body)), c.name)
	}
}

func TestMessageLimits(t *testing.T) {
	for level, want := range map[int]string{15: "found", 16: ""} {
		assert.Equal(t, want, wire.Message([]byte(strings.Repeat(`{"error":`, level)+`{"message":"found"}`+strings.Repeat("}", level))).Message)
		assert.Equal(t, want, wire.Message([]byte(strings.Repeat(`[`, level)+`["found"]`+strings.Repeat("]", level))).Message)
	}
	tooDeep := strings.Repeat(`{"error":[`, 5000) + `{"message":"lost"}` + strings.Repeat("]}", 5000)
	assert.Empty(t, wire.Message([]byte(tooDeep)))
	assert.Empty(t, wire.Message([]byte(strings.Repeat(`[`, 1<<20))))

	items := `["` + strings.Join(strings.Split(strings.Repeat("x", 20), ""), `0","`) + `"]`
	assert.Equal(t, "x0", wire.Message([]byte(items)).Message, "Message reads at most sixteen elements")
	sixteen := strings.Repeat(`"x",`, 15) + `"last"`
	assert.Equal(t, "x; last", wire.Message([]byte(`[`+sixteen+`,"lost"]`)).Message)
	for size, want := range map[int]string{64: strings.Repeat("c", 64), 65: ""} {
		assert.Equal(t, want, wire.Message([]byte(`{"error":"`+strings.Repeat("c", size)+`"}`)).Code)
	}

	var names, fields []string
	for i := range 100 {
		names = append(names, fmt.Sprintf(`"p%02d"`, i))
		fields = append(fields, fmt.Sprintf(`"p%02d":"m"`, i))
	}
	assert.Len(t, wire.Message([]byte(`{"message":"m","params":[`+strings.Join(names, ",")+`]}`)).Fields, 64)
	e := wire.Message([]byte(`{"errors":{` + strings.Join(fields, ",") + `}}`))
	assert.Len(t, e.Fields, 64)
	often := strings.Repeat(`{"message":"m0","param":"x"},{"message":"m1","param":"x"},`, 8)
	assert.Equal(t, map[string][]string{"x": {"m0", "m1"}}, wire.Message([]byte(`[`+often+`{}]`)).Fields)
	for size, want := range map[int]int{512: 1, 513: 0} { // a name is never cut
		assert.Len(t, wire.Message([]byte(`{"message":"m","param":"`+strings.Repeat("x", size)+`"}`)).Fields, want)
	}

	huge := `{"detail":"d","x":"` + strings.Repeat("y", 1<<20) + `","code":"late"}`
	assert.Equal(t, wire.ErrorText{Message: "d"}, wire.Message([]byte(huge)))
}

// Error bodies of Aspera on Cloud and of its siblings.
func TestMessageOfAsperaSamples(t *testing.T) {
	text, err := os.ReadFile("testdata/aspera_errors.json")
	require.NoError(t, err)
	var samples []struct {
		Body      json.RawMessage
		Code      string
		Message   string
		RequestID string `json:"request_id"`
	}
	require.NoError(t, json.Unmarshal(text, &samples))
	require.Len(t, samples, 11)
	for _, s := range samples {
		e := wire.Message(s.Body)
		assert.Equal(t, s.Code, e.Code, string(s.Body))
		assert.Equal(t, s.Message, e.Message, string(s.Body))
		assert.Equal(t, s.RequestID, e.RequestID, string(s.Body))
	}
	assert.Equal(t, map[string][]string{"limit": {"invalid value"}}, wire.Message(samples[2].Body).Fields)
	assert.Equal(t, map[string][]string{"colour": {"found unpermitted parameters"}, "size": {"found unpermitted parameters"}},
		wire.Message(samples[3].Body).Fields)
}

func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"code":"c","message":"m","request_id":"r"}`, `{"error":"invalid_grant","error_description":"d"}`,
		`{"error":{"user_message":"u","code":1}}`, `{"errors":[{"message":"a"},"b"]}`, `{"detail":"Invalid token."}`,
		`{"http_status_code":401,"response_map":{"error_list":[{"message":""},{"error_list":[{"message":"x"}]}]}}`,
		`{"errors":{"a":"b","c":["d"]},"param":"e","params":["f","g"],"message":"h"}`, `{"errorCode":"a","errorMessage":"b","failure":"c"}`,
		`{"response_map":"s","reason":"r","status_message":"t"}`, maintenancePage, "503 Service Unavailable", "\xff\x00{",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e := wire.Message(body)
		for _, text := range []string{e.Code, e.Message, e.RequestID} {
			checkText(t, text)
		}
		checkFields(t, e.Fields)
	})
}

// checkText checks what ErrorText promises of every text.
func checkText(t *testing.T, text string) {
	invisible := func(c rune) bool { return !unicode.IsGraphic(c) || unicode.IsSpace(c) }
	require.Equal(t, strings.TrimFunc(text, invisible), text)
}
