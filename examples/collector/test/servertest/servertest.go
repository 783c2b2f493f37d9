// Package servertest runs real servers for tests: redis-server and nats-server from PATH. Each has
// its own directory, and only this machine can reach it.
package servertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// startTimeout is how long a server may take to start.
const startTimeout = 20 * time.Second

// Server is a server process. It keeps its address and its data across Kill and Start.
type Server struct {
	URL string

	name    string
	args    []string
	dir     string
	network string // of address
	address string // where it listens

	mu      sync.Mutex
	process *exec.Cmd
	log     *bytes.Buffer // of the process; read it only after the process has ended
}

// Redis starts a redis-server without persistence, on a socket in a temporary directory. args are
// further arguments. Stop ends it.
func Redis(args ...string) (*Server, error) {
	s, err := prepare("redis-server", "apt-get install --no-install-recommends redis-server")
	if err != nil {
		return nil, err
	}
	s.network, s.address = "unix", filepath.Join(s.dir, "redis.sock")
	s.URL = "unix://" + s.address
	s.args = append([]string{"--port", "0", "--unixsocket", s.address, "--dir", s.dir, "--save", "", "--appendonly", "no"}, args...)
	return s, s.startOrRemove()
}

// NATS starts a nats-server with JetStream on a loopback port, with its store in a temporary
// directory. args are further arguments. Stop ends it.
func NATS(args ...string) (*Server, error) {
	s, err := prepare("nats-server", "go install github.com/nats-io/nats-server/v2@v2.15.2")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s.network, s.address = "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	s.URL = "nats://" + s.address
	s.args = append([]string{"-js", "-a", "127.0.0.1", "-p", strconv.Itoa(port), "-sd", s.dir}, args...)
	return s, s.startOrRemove()
}

func prepare(name, install string) (*Server, error) {
	if _, err := exec.LookPath(name); err != nil {
		return nil, fmt.Errorf("these tests run a real %s, which is not on PATH; install it with: %s", name, install)
	}
	dir, err := os.MkdirTemp("", name)
	if err != nil {
		return nil, fmt.Errorf("a directory for %s: %w", name, err)
	}
	return &Server{name: name, dir: dir}, nil
}

// freePort returns a free port. The server needs a fixed one, since it keeps its port when it is
// started again.
func freePort() (int, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("a free port: %w", err)
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func (s *Server) startOrRemove() error {
	err := s.Start()
	if err != nil {
		_ = os.RemoveAll(s.dir)
	}
	return err
}

// Start starts a server after Kill, and returns when it listens.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		return errors.New(s.name + " runs already")
	}
	s.log = new(bytes.Buffer)
	process := exec.CommandContext(context.Background(), s.name, s.args...) //nolint:gosec // the two names above
	process.Stdout, process.Stderr = s.log, s.log
	if err := process.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.name, err)
	}
	s.process = process
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); <-time.After(5 * time.Millisecond) {
		if s.listens() {
			return nil
		}
	}
	s.kill()
	return fmt.Errorf("%s does not listen after %v: %s", s.name, startTimeout, s.log)
}

func (s *Server) listens() bool {
	conn, err := (&net.Dialer{}).DialContext(context.Background(), s.network, s.address)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// Kill ends the server like kill -9, and returns when the process has ended. It keeps the data.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kill()
}

func (s *Server) kill() {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
	s.process = nil
}

// Stop kills the server and removes its directory.
func (s *Server) Stop() {
	s.Kill()
	_ = os.RemoveAll(s.dir)
}
