// Independent check of one C2SP tlog-proof@v1. usage: verify_go LEAF PROOF LOG_VKEY. Debian: golang-go golang-golang-x-mod-dev; GO111MODULE=off GOPATH=/usr/share/gocode go run main.go …
package main

import (
	"fmt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"os"
	"strings"
)

func die(err error) {
	if err != nil {
		fmt.Println("FAIL", err)
		os.Exit(1)
	}
}
func main() {
	leaf, err := os.ReadFile(os.Args[1])
	die(err)
	proof, err := os.ReadFile(os.Args[2])
	die(err)
	v, err := note.NewVerifier(os.Args[3])
	die(err)
	head, cp, _ := strings.Cut(string(proof), "\n\n")
	lines := strings.Split(head, "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		die(fmt.Errorf("header"))
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	} // unauthenticated, ignored
	var idx int64
	_, err = fmt.Sscanf(lines[0], "index %d", &idx)
	die(err)
	var p tlog.RecordProof
	for _, l := range lines[1:] {
		h, err := tlog.ParseHash(l)
		die(err)
		p = append(p, h)
	}
	n, err := note.Open([]byte(cp), note.VerifierList(v))
	die(err)
	c := strings.SplitN(n.Text, "\n", 4)
	var size int64
	fmt.Sscan(c[1], &size)
	root, err := tlog.ParseHash(c[2])
	die(err)
	die(tlog.CheckRecord(p, size, root, idx, tlog.RecordHash(leaf)))
	fmt.Println("OK", v.Name(), idx, "of", size)
}
