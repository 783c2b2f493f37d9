package killtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera/asperatest"
)

// The collector accepts the configurations beside main.go.
func TestExampleConfigurations(t *testing.T) {
	fake := asperatest.NewServer()
	defer fake.Close()
	key := filepath.Join(t.TempDir(), "aspera.pem")
	require.NoError(t, os.WriteFile(key, fake.JWTConfig().PrivateKey, 0o600))
	for _, name := range []string{"demo.yaml", "tenants.yaml"} {
		cmd := exec.Command(collector, "validate", "--config", filepath.Join("..", name))
		cmd.Env = append(os.Environ(), "ASPERA_PRIVATE_KEY_FILE="+key, "ASPERA_CLIENT_SECRET=s", "SNAPLOGIC_PASSWORD=0123",
			"OPSWAT_CLIENT_KEY=k", "OPSWAT_CLIENT_SECRET=s", "SDELEMENTS_TOKEN=t", "KAFKA_BROKER=localhost:9092")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", name, out)
	}
}
