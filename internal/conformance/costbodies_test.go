package conformance_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"unicode/utf16"
)

// costlyBody is a body that may cost more than a service's usual one. It is written in terms of an
// adapter: ID and TIME are members of a record, PAGE( and )PAGE are what stands before and after
// the records of a page, and LIST is the member that holds them.
type costlyBody struct {
	begin, unit, end string // unit is repeated
	encode           func(body []byte) []byte
}

// usualBody is a body as a service sends it.
var usualBody = costlyBody{`PAGE({}`, `,{"zz":"` + strings.Repeat("a text ", 100) + `","TIME":"2026-01-01"}`, `)PAGE`, nil}

// costlyBodies are bodies that were found to be expensive, or may be.
var costlyBodies = map[string]costlyBody{
	"numbers":                      {"PAGE(0", ",0", ")PAGE", nil},
	"empty objects":                {"PAGE({}", ",{}", ")PAGE", nil},
	"empty arrays":                 {"PAGE([]", ",[]", ")PAGE", nil},
	"empty texts":                  {`PAGE(""`, `,""`, ")PAGE", nil},
	"nulls":                        {"PAGE(null", ",null", ")PAGE", nil},
	"odd records":                  {`PAGE({}`, `,{"ID":[]}`, ")PAGE", nil},
	"odd times":                    {`PAGE({}`, `,{"TIME":"x"}`, ")PAGE", nil},
	"short records":                {`PAGE({}`, `,{"ID":"1","TIME":"2026-01-01"}`, ")PAGE", nil},
	"damaged records":              {`PAGE({}`, ",{\"ID\":\"\x01\"}", ")PAGE", nil},
	"damaged unknown members":      {`PAGE({}`, ",{\"a\":\"\x01\xe9\\ud800\"}", ")PAGE", nil},
	"records of half surrogates":   {`PAGE({}`, `,{"a":"\ud800"}`, ")PAGE", nil},
	"one long record, then tiny":   {`PAGE({"a":"` + strings.Repeat("x", 100<<10) + `"}`, ",{}", ")PAGE", nil},
	"one odd record, then tiny":    {`PAGE({"ID":["` + strings.Repeat("x", 100<<10) + `"]}`, ",{}", ")PAGE", nil},
	"pages in a page":              {"{", `LIST:[{}],`, `"a":0}`, nil},
	"empty pages in a page":        {"{", `LIST:[],`, `"a":0}`, nil},
	"misshapen pages in a page":    {"{", `LIST:0,`, `"a":0}`, nil},
	"members":                      {"{", `"":0,`, `"a":0}`, nil},
	"arrays of no name":            {"{", `"":[],`, `"a":0}`, nil},
	"objects of no name":           {"{", `"":{},`, `"a":0}`, nil},
	"members of two letters":       {"{", `"ab":0,`, `"a":0}`, nil},
	"wrapped pages":                {"{", `"response_map":0,`, `"a":0}`, nil},
	"links":                        {"{", `"next":{},`, `"a":0}`, nil},
	"counts":                       {"{", `"count":"1",`, `"a":0}`, nil},
	"totals":                       {"{", `"total":1e9,`, `"a":0}`, nil},
	"dates":                        {"{", `"date_to":"2026",`, `"a":0}`, nil},
	"tokens":                       {"{", `"access_token":"a",`, `"a":0}`, nil},
	"errors":                       {"{", `"error":"",`, `"a":0}`, nil},
	"error objects":                {"{", `"error":{"code":""},`, `"a":0}`, nil},
	"fields":                       {"{", `"a":["b"],`, `"a":0}`, nil},
	"complaints":                   {`{"errors":{`, `"a":"b",`, `"a":0}}`, nil},
	"parameters":                   {`{"params":[`, `"a",`, `"a"],"message":"b"}`, nil},
	"members of a record":          {`PAGE({`, `"a":0,`, `"a":0})PAGE`, nil},
	"ids of a record":              {`PAGE({`, `"ID":"ab",`, `"a":0})PAGE`, nil},
	"odd ids of a record":          {`PAGE({`, `"ID":[],`, `"a":0})PAGE`, nil},
	"times of a record":            {`PAGE({`, `"TIME":"2026-01-01",`, `"a":0})PAGE`, nil},
	"odd times of a record":        {`PAGE({`, `"TIME":"x",`, `"a":0})PAGE`, nil},
	"damaged members of a record":  {`PAGE({`, "\"a\":\"\x01\",", `"a":0})PAGE`, nil},
	"data of a record":             {`PAGE({`, `"data":{},`, `"a":0})PAGE`, nil},
	"odd data of a record":         {`PAGE({`, `"data":{"user":[]},`, `"a":0})PAGE`, nil},
	"members of data":              {`PAGE({"data":{`, `"user":[],`, `"a":0}})PAGE`, nil},
	"permissions of a record":      {`PAGE({"perm":{"perms":[""`, `,""`, `]}})PAGE`, nil},
	"odd permissions of a record":  {`PAGE({"perm":{"perms":[0`, `,""`, `]}})PAGE`, nil},
	"objects of permissions":       {`PAGE({}`, `,{"perm":{}}`, `)PAGE`, nil},
	"arrays in arrays":             {"PAGE(", "[", ")PAGE", nil},
	"objects in objects":           {"PAGE(", `{"":`, ")PAGE", nil},
	"long names in one another":    {"PAGE(", `{"` + strings.Repeat("n", 200) + `":`, ")PAGE", nil},
	"long fields":                  {`{"` + strings.Repeat("x", 30<<10) + `":{`, `"a":"b",`, `"a":0}}`, nil},
	"long names in a record":       {`PAGE({"ID":`, `{"` + strings.Repeat("n", 200) + `":`, ")PAGE", nil},
	"long names beside a page":     {`{"a":`, `{"` + strings.Repeat("n", 200) + `":`, "}", nil},
	"arrays in a record":           {`PAGE({"ID":`, `[`, ")PAGE", nil},
	"closed arrays in a record":    {`PAGE({}`, `,{"ID":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}", ")PAGE", nil},
	"closed arrays in data":        {`PAGE({}`, `,{"data":` + strings.Repeat(`{"user":`, 9000) + "0" + strings.Repeat("}", 9000) + "}", ")PAGE", nil},
	"a long text":                  {`PAGE({"ID":"`, "x", `"})PAGE`, nil},
	"a long name":                  {`PAGE({"`, "x", `":0})PAGE`, nil},
	"a long damaged name":          {`PAGE({"ID`, "\x01,", `"})PAGE`, nil},
	"a long damaged name, cut":     {`{"`, "j\x00j},nu", ``, nil},
	"a long name beside a page":    {`{"`, "x", `":0}`, nil},
	"escapes":                      {`PAGE({"ID":"`, `\u0041`, `"})PAGE`, nil},
	"pairs of surrogates":          {`PAGE({"ID":"`, `\ud83d\ude00`, `"})PAGE`, nil},
	"half surrogates":              {`PAGE({"ID":"`, `\ud800`, `"})PAGE`, nil},
	"control characters":           {`PAGE({"ID":"`, "\x01", `"})PAGE`, nil},
	"control characters, scarce":   {`PAGE({"ID":"`, "\x01abcdefghijkl", `"})PAGE`, nil},
	"texts of control characters":  {`PAGE({"ID":"x"}`, ",\"\x01\"", `)PAGE`, nil},
	"names of control characters":  {`{`, "\"\x01\":0,", `"a":0}`, nil},
	"bytes that are not UTF-8":     {`PAGE({"ID":"`, "\xe9", `"})PAGE`, nil},
	"bytes of three":               {`PAGE({"ID":"`, "\x80", `"})PAGE`, nil},
	"texts that are not UTF-8":     {`PAGE({"ID":"x"}`, ",\"\xe9\"", `)PAGE`, nil},
	"backslashes":                  {`PAGE({"ID":"`, "\\\x01", `"})PAGE`, nil},
	"bytes outside of texts":       {``, "\x01", ``, nil},
	"quotes":                       {``, `"`, ``, nil},
	"spaces":                       {``, ` `, ``, nil},
	"spaces between":               {`PAGE({},`, ` `, `{})PAGE`, nil},
	"digits":                       {`PAGE({"ID":1`, "7", `,"TIME":1})PAGE`, nil},
	"digits of a fraction":         {`PAGE({"ID":0.`, "7", `})PAGE`, nil},
	"digits of an exponent":        {`PAGE({"ID":1e`, "7", `})PAGE`, nil},
	"digits of a throughput":       {`PAGE({"throughput":1`, "7", `,"TIME":1})PAGE`, nil},
	"digits of a count":            {`{"count":1`, "7", `,"total":1})PAGE`, nil},
	"zeros":                        {`PAGE({"ID":1`, "0", `e-9})PAGE`, nil},
	"a long time":                  {`PAGE({"TIME":"2026-01-01`, " ", `"})PAGE`, nil},
	"a long month":                 {`PAGE({"TIME":"`, "j", `"})PAGE`, nil},
	"a long zone":                  {`PAGE({"TIME":"2026-01-01T00:00:00Z[`, "j", `]"})PAGE`, nil},
	"HTML":                         {`<html>`, "<title>", ``, nil},
	"nested, then broken":          {`PAGE({"ID":`, `{"` + strings.Repeat("n", 2000) + `":`, "!", nil},
	"UTF-16":                       {"PAGE({}", ",{}", ")PAGE", inUTF16},
	"UTF-16, three bytes for two":  {`PAGE({"ID":"`, "€", `"})PAGE`, inUTF16},
	"compressed":                   {"PAGE({}", ",{}", ")PAGE", inGzip},
	"compressed text":              {`PAGE({"ID":"`, "x", `"})PAGE`, inGzip},
	"compressed control texts":     {`PAGE({"ID":"x"}`, ",\"\x01\"", `)PAGE`, inGzip},
	"a bomb":                       {`PAGE({"ID":"`, "x", `"})PAGE`, func(body []byte) []byte { return inGzip(bytes.Repeat(body, 8)) }},
	"a bomb, twice":                {`PAGE({"ID":"`, "x", `"})PAGE`, func(body []byte) []byte { return inGzip(inGzip(bytes.Repeat(body, 8))) }},
	"transfers without a uuid":     {"[[]", ",[]", "]", nil},
	"records of many known fields": {`PAGE({}`, `,{"name":"ab","text":"ab","icon":"ab","event_type":"ab","by_whom":"ab","asset_label":"ab","content":"ab","file_id":"ab"}`, ")PAGE", nil},
}

func inUTF16(body []byte) []byte {
	encoded := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(string(body[:len(body)/2]))) {
		encoded = append(encoded, byte(unit), byte(unit>>8))
	}
	return encoded
}

func inGzip(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

// body returns a body of at most size bytes before it is encoded.
func (h costlyBody) body(a *adapter, size int) []byte {
	around := strings.Split(a.answer(false, "|"), "|")
	list := `"list"`
	if parts := strings.Split(around[0], `"`); len(parts) > 2 {
		list = `"` + parts[len(parts)-2] + `"`
	}
	words := strings.NewReplacer("ID", a.id, "TIME", a.time, "LIST", list, "PAGE(", around[0], ")PAGE", around[1])
	begin, unit, end := words.Replace(h.begin), words.Replace(h.unit), words.Replace(h.end)
	times := max(size-len(begin)-len(end), 0) / max(len(unit), 1)
	body := []byte(begin + strings.Repeat(unit, times) + end)
	if h.encode != nil {
		body = h.encode(body)
	}
	return body
}
