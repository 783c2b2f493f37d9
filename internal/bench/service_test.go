package bench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// organization is where the service's log is.
const organization = "example"

// service runs in a process of its own until the test ends: its work is not what is measured. It
// gives the address of a list with so many records, which are sent with a Content-Length, or in
// chunks without.
func service(t testing.TB) (list func(records int, chunked bool) string) {
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), taskVariable+`={"do":"serve"}`)
	child.Stderr = os.Stderr
	stdout, err := child.StdoutPipe()
	require.NoError(t, err)
	stdin, err := child.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	t.Cleanup(func() {
		_ = stdin.Close() // which ends it
		_ = child.Wait()
	})
	base, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	return func(records int, chunked bool) string {
		return fmt.Sprintf("%s/%d/%t", strings.TrimSpace(base), records, chunked)
	}
}

// serve prints its address and answers until its standard input ends.
func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	entries := newLog(distinct)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{records}/{chunked}/api/1/rest/public/activities/{organization}", entries.list)
	go func() { _ = http.Serve(listener, mux) }()
	fmt.Printf("http://%s\n", listener.Addr())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// list answers with a page, at no cost but that of sending it.
func (l *log) list(w http.ResponseWriter, r *http.Request) {
	records, _ := strconv.Atoi(r.PathValue("records"))
	offset, _ := strconv.Atoi(r.FormValue("offset"))
	limit, _ := strconv.Atoi(r.FormValue("limit"))
	pieces := l.part(offset, max(min(limit, records-offset), 0))
	pieces = append([][]byte{fmt.Appendf(nil, `{"response_map":{"total":%d,"offset":%d,"limit":%d,"entries":[`, records, offset, limit)}, pieces...)
	pieces = append(pieces, []byte(`]},"http_status_code":200}`))
	w.Header().Set("Content-Type", "application/json")
	if r.PathValue("chunked") == "false" {
		length := 0
		for _, piece := range pieces {
			length += len(piece)
		}
		w.Header().Set("Content-Length", strconv.Itoa(length))
	}
	for _, piece := range pieces {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
}
