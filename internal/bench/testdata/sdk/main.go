// The smallest program that lists one vendor with the SDK.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/activity-sdk/activity/snaplogic"
)

func main() {
	client, err := snaplogic.New("example", snaplogic.Basic(os.Getenv("SNAPLOGIC_USER"), os.Getenv("SNAPLOGIC_PASSWORD")))
	if err != nil {
		log.Fatal(err)
	}
	for a, err := range client.Activities(snaplogic.ActivityQuery{}).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(a.CreateTime, a.EventType, a.ByWhom)
	}
}
