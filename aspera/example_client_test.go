package aspera_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// A client that is registered in the Admin app with a public key. Requesting its user shows that
// the credentials work.
func ExampleNew() {
	server := asperatest.NewServer()
	pem := server.JWTConfig().PrivateKey // yours from a file: os.ReadFile("aspera.pem")

	client, err := aspera.New(aspera.JWT(aspera.JWTConfig{
		Organization: "acme", // of acme.ibmaspera.com
		ClientID:     asperatest.ClientID,
		PrivateKey:   pem,
		User:         server.JWTConfig().User, // such as "ada@example.com", a member of the Activity app
	}), activity.WithTransport(server.Transport())) // the fake's
	if err != nil {
		log.Fatal(err)
	}
	self, err := client.Self(context.Background())
	fmt.Println(self.ID, err)
	// Output: 40417 <nil>
}

// Invalid credentials are an error before anything is sent.
func ExampleNew_invalid() {
	_, err := aspera.New(aspera.JWT(aspera.JWTConfig{Organization: "acme", ClientID: "id", User: "ada@example.com"}))
	fmt.Println(errors.Is(err, activity.ErrInvalid))
	// Output: true
}

// Printing or marshaling a JWTConfig does not show its secrets.
func ExampleJWTConfig() {
	config := aspera.JWTConfig{Organization: "acme", ClientID: "id", ClientSecret: "secret", User: "ada@example.com"}
	fmt.Println(config)
	text, err := json.Marshal(struct{ Login aspera.JWTConfig }{config})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output:
	// aspera.JWTConfig{Organization: "acme", ClientID: "id", User: "ada@example.com", secrets hidden}
	// {"Login":"aspera.JWTConfig{Organization: \"acme\", ClientID: \"id\", User: \"ada@example.com\", secrets hidden}"}
}

// Two clients share one token.
func ExampleJWT() {
	server := asperatest.NewServer()
	credentials := aspera.JWT(server.JWTConfig()) // yours: aspera.JWTConfig{Organization: "acme", …}
	for range 2 {
		client, err := aspera.New(credentials, activity.WithTransport(server.Transport()))
		if err != nil {
			log.Fatal(err)
		}
		if _, err := client.Self(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
	for _, r := range server.Requests() {
		fmt.Println(r.Method, r.Path)
	}
	// Output:
	// POST /api/v1/oauth2/acme/token
	// GET /api/v1/self
	// GET /api/v1/self
}

// Access tokens from a source of your own.
func ExampleBearer() {
	server := asperatest.NewServer(asperatest.WithRows(5))
	source := server.TokenSource() // any oauth2.TokenSource
	client, err := aspera.New(aspera.Bearer(source), activity.WithTransport(server.Transport()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := client.OwnOrganization().Transfers(aspera.TransferQuery{}).Collect(context.Background(), 2)
	fmt.Println(len(got), err)
	// Output: 2 <nil>
}

// The address of an organization outside of production.
func ExampleBaseURL() {
	base, err := aspera.BaseURL("acme.qa.ibmaspera.com")
	fmt.Println(base, err) // for activity.WithBaseURL(base)
	// Output: https://api.qa.ibmaspera.com/analytics/v2 <nil>
}

// The user of the credentials, and what that user transferred.
func ExampleClient_Self() {
	client, ctx := asperatest.NewServer(asperatest.WithRows(50)).Client(), context.Background()
	self, err := client.Self(ctx)
	if err != nil {
		log.Fatal(err)
	}
	transfers, err := client.User(self.ID).Transfers(aspera.TransferQuery{}).Collect(ctx, 10)
	fmt.Println(self.ID, self.OrganizationID, len(transfers), err)
	// Output: 40417 1023 10 <nil>
}

// The id of the organization that the credentials belong to. It is not the subdomain.
func ExampleClient_OrganizationID() {
	id, err := asperatest.NewServer().Client().OrganizationID(context.Background())
	fmt.Println(id, err)
	// Output: 1023 <nil>
}

// three reads the first three transfers of a resource. All resources have the same lists.
func three(resource aspera.Resource) {
	transfers, err := resource.Transfers(aspera.TransferQuery{}).Collect(context.Background(), 3)
	fmt.Println(len(transfers), err)
}

// The organization that the credentials belong to. The first list looks up its id.
func ExampleClient_OwnOrganization() {
	server := asperatest.NewServer(asperatest.WithRows(50))
	organization := server.Client().OwnOrganization()
	three(organization)
	three(organization)
	for _, r := range server.Requests() {
		fmt.Println(r.Method, r.Path)
	}
	// Output:
	// 3 <nil>
	// 3 <nil>
	// POST /api/v1/oauth2/acme/token
	// GET /api/v1/organization
	// GET /analytics/v2/organizations/1023/transfers
	// GET /analytics/v2/organizations/1023/transfers
}

// An organization by its id.
func ExampleClient_Organization() {
	three(asperatest.NewServer(asperatest.WithRows(50)).Client().Organization("1023"))
	// Output: 3 <nil>
}

// One user.
func ExampleClient_User() {
	three(asperatest.NewServer(asperatest.WithRows(50)).Client().User("40417"))
	// Output: 3 <nil>
}

// One transfer node.
func ExampleClient_Node() {
	three(asperatest.NewServer(asperatest.WithRows(50)).Client().Node("77"))
	// Output: 3 <nil>
}

// One workspace.
func ExampleClient_Workspace() {
	three(asperatest.NewServer(asperatest.WithRows(50)).Client().Workspace("501"))
	// Output: 3 <nil>
}
