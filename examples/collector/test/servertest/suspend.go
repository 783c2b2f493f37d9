//go:build unix

package servertest

import (
	"errors"
	"fmt"
	"syscall"
)

// Suspend stops the server, so that it hangs until Resume. It returns when all threads of the
// server have stopped, since they may still answer for a while on a busy machine.
func (s *Server) Suspend() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	var status syscall.WaitStatus
	_, err := syscall.Wait4(s.process.Process.Pid, &status, syscall.WUNTRACED, nil)
	for errors.Is(err, syscall.EINTR) {
		_, err = syscall.Wait4(s.process.Process.Pid, &status, syscall.WUNTRACED, nil)
	}
	if err == nil && !status.Stopped() {
		err = errors.New("it has ended")
	}
	if err != nil {
		return fmt.Errorf("suspend %s: %w", s.name, err)
	}
	return nil
}

// Resume continues the server after Suspend.
func (s *Server) Resume() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signal(syscall.SIGCONT)
}

func (s *Server) signal(signal syscall.Signal) error {
	if s.process == nil {
		return errors.New(s.name + " does not run")
	}
	return s.process.Process.Signal(signal)
}
