package app_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"testing"
)

const documentFile = "../web/openapi.json"

var renewDocument = flag.Bool("renew", false, "write "+documentFile+" anew")

// The pages take the types of the API from this file.
func TestThePagesKnowTheAPIThatIsServed(t *testing.T) {
	response, err := http.Get(start(t).url + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET /openapi.json: status %d, %v", response.StatusCode, err)
	}
	var served bytes.Buffer
	if err := json.Indent(&served, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	served.WriteByte('\n')
	if *renewDocument {
		if err := os.WriteFile(documentFile, served.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(documentFile)
	if err != nil {
		t.Error(err)
	}
	if !bytes.Equal(kept, served.Bytes()) {
		t.Fatal("web/openapi.json is not what the service serves; renew it and the types:\n" +
			"\tgo test ./app -run TestThePagesKnowTheAPIThatIsServed -renew && (cd web && npm run types)")
	}
}
