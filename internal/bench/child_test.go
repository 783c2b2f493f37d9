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

// taskVariable is the environment variable by which this program is started once more to do
// something by itself.
const taskVariable = "ACTIVITY_BENCH_TASK"

// task is what a process of its own does.
type task struct {
	Do       string `json:"do"` // a name in tasks
	List     string `json:"list,omitzero"`
	Records  int    `json:"records,omitzero"`
	PageSize int    `json:"page_size,omitzero"`
	Prefetch int    `json:"prefetch,omitzero"`
}

// figures are what a task found out about itself.
type figures struct {
	Records int    `json:"records"`
	Objects uint64 `json:"objects"` // allocated
	Bytes   int    `json:"bytes"`   // of all records
	Heap    uint64 `json:"heap"`    // bytes, in the sense of the task
	Page    uint64 `json:"page"`    // bytes of heap that one decoded page takes

	CPU time.Duration `json:"-"` // of the whole process, as the system counts it
}

var tasks = map[string]func(task) (figures, error){
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
	if err := perform(text); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func perform(text string) error {
	var what task
	if err := json.Unmarshal([]byte(text), &what); err != nil {
		return err
	}
	if what.Do == "serve" {
		return serve()
	}
	found, err := tasks[what.Do](what)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

// run performs a task in a process of its own.
func run(t testing.TB, what task) figures {
	text, err := json.Marshal(what)
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), taskVariable+"="+string(text))
	child.Stderr = os.Stderr
	out, err := child.Output()
	require.NoError(t, err, what)
	var found figures
	require.NoError(t, json.Unmarshal(out, &found))
	found.CPU = child.ProcessState.UserTime() + child.ProcessState.SystemTime()
	return found
}
