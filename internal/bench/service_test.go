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

// organization is the one that the service has a log of.
const organization = "example"

// service starts a service in a child process, so that its work is not measured. The process ends
// with the test. list returns the address of a list with a number of records. Pages are sent with a
// Content-Length, or in chunks without one.
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
		_ = stdin.Close() // ends the child
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
	entries := newEntryLog(distinct)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{records}/{chunked}/api/1/rest/public/activities/{organization}", entries.list)
	go func() { _ = http.Serve(listener, mux) }()
	fmt.Printf("http://%s\n", listener.Addr())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// list sends a page from memory.
func (l *entryLog) list(w http.ResponseWriter, r *http.Request) {
	records, _ := strconv.Atoi(r.PathValue("records"))
	offset, _ := strconv.Atoi(r.FormValue("offset"))
	limit, _ := strconv.Atoi(r.FormValue("limit"))
	pieces := l.slice(offset, max(min(limit, records-offset), 0))
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
