package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// taskVariable is the environment variable that holds the task of a child process. The test binary
// starts itself as its child.
const taskVariable = "ACTIVITY_BENCH_TASK"

// task is what a child process does.
type task struct {
	Do       string `json:"do"` // a name in tasks
	List     string `json:"list,omitzero"`
	Records  int    `json:"records,omitzero"`
	PageSize int    `json:"page_size,omitzero"`
	Prefetch int    `json:"prefetch,omitzero"`
}

// result is what a task measured.
type result struct {
	Records int    `json:"records"`
	Objects uint64 `json:"objects"` // allocated
	Bytes   int    `json:"bytes"`   // of all records
	Heap    uint64 `json:"heap"`    // bytes; which ones depends on the task
	Page    uint64 `json:"page"`    // bytes of heap that one decoded page takes

	CPU time.Duration `json:"-"` // of the whole process, as the system counts it
}

var tasks = map[string]func(task) (result, error){
	"walk": walkTask,
	"loop": loopTask,
	"heap": heapTask,
	"peak": peakTask,
}

func TestMain(m *testing.M) {
	text, ok := os.LookupEnv(taskVariable)
	if !ok {
		os.Exit(m.Run())
	}
	if err := runChild(text); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runChild(text string) error {
	var do task
	if err := json.Unmarshal([]byte(text), &do); err != nil {
		return err
	}
	if do.Do == "serve" {
		return serve()
	}
	measured, err := tasks[do.Do](do)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(measured)
}

// run runs a task in a child process.
func run(t testing.TB, do task) result {
	text, err := json.Marshal(do)
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), taskVariable+"="+string(text))
	child.Stderr = os.Stderr
	out, err := child.Output()
	require.NoError(t, err, do)
	var measured result
	require.NoError(t, json.Unmarshal(out, &measured))
	measured.CPU = child.ProcessState.UserTime() + child.ProcessState.SystemTime()
	return measured
}
