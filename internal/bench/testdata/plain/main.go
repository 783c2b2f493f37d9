// The same with net/http and encoding/json alone.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

type page struct {
	ResponseMap struct {
		Total   int `json:"total"`
		Entries []struct {
			CreateTime time.Time `json:"create_time"`
			EventType  string    `json:"event_type"`
			ByWhom     string    `json:"by_whom"`
		} `json:"entries"`
	} `json:"response_map"`
}

func main() {
	for offset, total := 0, 1; offset < total; {
		url := fmt.Sprintf("https://elastic.snaplogic.com/api/1/rest/public/activities/example?limit=1000&offset=%d", offset)
		req, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			log.Fatal(err)
		}
		req.SetBasicAuth(os.Getenv("SNAPLOGIC_USER"), os.Getenv("SNAPLOGIC_PASSWORD"))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			log.Fatal(err)
		}
		var p page
		err = json.NewDecoder(resp.Body).Decode(&p)
		resp.Body.Close()
		if err != nil {
			log.Fatal(err)
		}
		for _, a := range p.ResponseMap.Entries {
			fmt.Println(a.CreateTime, a.EventType, a.ByWhom)
		}
		offset, total = offset+len(p.ResponseMap.Entries), p.ResponseMap.Total
	}
}
