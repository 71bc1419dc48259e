// Independent check of a served C2SP tiled log: golang.org/x/mod/sumdb reads the tiles over HTTP and proves each entry asked for.
// usage: verify_log_go URL LOG_VKEY INDEX... Debian: golang-go golang-golang-x-mod-dev; GO111MODULE=off GOPATH=/usr/share/gocode go run main.go …
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func die(err error) {
	if err != nil {
		fmt.Println("FAIL", err)
		os.Exit(1)
	}
}

func get(url string) []byte {
	answer, err := http.Get(url)
	die(err)
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		die(fmt.Errorf("%s: %s", url, answer.Status))
	}
	body, err := io.ReadAll(answer.Body)
	die(err)
	return body
}

// served is a log below an address; sumdb's tiles of height 8 are the log's, but for the height in the path.
type served struct{ url string }

func (s served) Height() int { return 8 }
func (s served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		all = append(all, get(s.url+"/tile/"+strings.TrimPrefix(tile.Path(), "tile/8/")))
	}
	return all, nil
}
func (s served) SaveTiles([]tlog.Tile, [][]byte) {}

func entry(url string, index, size int64) []byte {
	tile := tlog.TileForIndex(8, tlog.StoredHashIndex(0, index))
	path := strings.TrimPrefix(tlog.Tile{H: 8, L: 0, N: tile.N, W: 256}.Path(), "tile/8/0/")
	if width := size - tile.N*256; width < 256 {
		path += fmt.Sprintf(".p/%d", width)
	}
	bundle := get(url + "/tile/entries/" + path)
	for i := int64(0); ; i++ {
		length := int(binary.BigEndian.Uint16(bundle))
		if i == index%256 {
			return bundle[2 : 2+length]
		}
		bundle = bundle[2+length:]
	}
}

func main() {
	url := strings.TrimSuffix(os.Args[1], "/")
	verifier, err := note.NewVerifier(os.Args[2])
	die(err)
	opened, err := note.Open(get(url+"/checkpoint"), note.VerifierList(verifier))
	die(err)
	lines := strings.SplitN(opened.Text, "\n", 4)
	if lines[0] != verifier.Name() {
		die(fmt.Errorf("origin %s", lines[0]))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	die(err)
	root, err := tlog.ParseHash(lines[2])
	die(err)
	tree := tlog.Tree{N: size, Hash: root}
	reader := tlog.TileHashReader(tree, served{url})
	for _, text := range os.Args[3:] {
		index, err := strconv.ParseInt(text, 10, 64)
		die(err)
		leaf := tlog.RecordHash(entry(url, index, size))
		proof, err := tlog.ProveRecord(size, index, reader)
		die(err)
		die(tlog.CheckRecord(proof, size, root, index, leaf))
		// The log continues its own beginning.
		older, err := tlog.TreeHash(index+1, reader)
		die(err)
		history, err := tlog.ProveTree(size, index+1, reader)
		die(err)
		die(tlog.CheckTree(history, size, root, index+1, older))
	}
	fmt.Println("OK", verifier.Name(), size, "entries,", len(os.Args)-3, "proved")
}
