package main

import (
	"bytes"
	"os"
	"path/filepath"
	"text/template"

	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// configuration makes a collector follow the fakes with a short interval.
var configuration = template.Must(template.New("").Parse(`extensions:
  file_storage: {directory: {{.Dir}}/checkpoints, create_directory: true, fsync: true}
receivers:
  activity:
    storage: file_storage
    since: 2h
    every: 50ms
    tenants:
      - name: files
        vendor: aspera
        url: {{.Aspera}}
        organization: {{.Organization}}
        client_id: {{.ClientID}}
        client_secret: ${file:{{.Dir}}/aspera.secret}
        private_key: ${file:{{.Dir}}/aspera.pem}
        user: {{.User}}
        lookback: 3h
        settle: -1s
      - name: pipelines
        vendor: snaplogic
        url: {{.SnapLogic}}
        organization: {{.SnapLogicOrganization}}
        user: {{.SnapLogicUser}}
        password: ${file:{{.Dir}}/snaplogic.password}
        settle: -1s
      - name: devices
        vendor: opswat
        url: {{.OPSWAT}}
        key: ${file:{{.Dir}}/opswat.key}
        secret: ${file:{{.Dir}}/opswat.secret}
        quota: {requests: 1000, per: 1s}
        settle: -1s
      - name: projects
        vendor: sdelements
        url: {{.SDElements}}
        token: ${file:{{.Dir}}/sdelements.token}
        settle: -1s
exporters:
  file: {path: {{.Output}}, rotation: {max_megabytes: 1000}}
service:
  extensions: [file_storage]
  pipelines:
    logs: {receivers: [activity], exporters: [file]}
  telemetry:
    metrics: {level: none}
`))

// writeConfig writes the configuration and the secrets that it names.
func (s *services) writeConfig(dir string) (path, output string, err error) {
	jwt := s.aspera.JWTConfig()
	output, path = filepath.Join(dir, "events.json"), filepath.Join(dir, "otelcol.yaml")
	var config bytes.Buffer
	if err := configuration.Execute(&config, map[string]string{
		"Dir": dir, "Output": output,
		"Aspera": s.aspera.BaseURL(), "Organization": jwt.Organization, "ClientID": jwt.ClientID, "User": jwt.User,
		"SnapLogic": s.snaplogic.URL(), "SnapLogicOrganization": snaplogictest.Organization, "SnapLogicUser": snaplogictest.User,
		"OPSWAT": s.opswat.URL(), "SDElements": s.sdelements.URL(),
	}); err != nil {
		return "", "", err
	}
	for name, content := range map[string][]byte{
		"otelcol.yaml":       config.Bytes(),
		"aspera.pem":         jwt.PrivateKey,
		"aspera.secret":      []byte(jwt.ClientSecret + "\n"),
		"snaplogic.password": []byte(snaplogictest.Password + "\n"),
		"opswat.key":         []byte(opswattest.ClientKey + "\n"),
		"opswat.secret":      []byte(opswattest.ClientSecret + "\n"),
		"sdelements.token":   []byte(sdelementstest.Key + "\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return "", "", err
		}
	}
	return path, output, nil
}
