// Checks a published log with the verifier of Go's checksum database (golang.org/x/mod/sumdb, Debian:
// golang-golang-x-mod-dev), of which we wrote nothing: tlog.go URL OLD-CHECKPOINT. The signed notes, every tile, every entry,
// proofs that records are in the log, proofs that it only grew.
package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8
const width = 1 << height

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func get(url string) []byte {
	response := must(http.Get(url))
	defer response.Body.Close()
	body := must(io.ReadAll(response.Body))
	if response.StatusCode != 200 {
		log.Fatalf("%s answered %s: %s", url, response.Status, body)
	}
	return body
}

// The tree that a signed note names.
func open(signed []byte, keys []note.Verifier) tlog.Tree {
	opened := must(note.Open(signed, note.VerifierList(keys...)))
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != keys[0].Name() {
		log.Fatalf("the checkpoint is of %s, the key of %s", lines[0], keys[0].Name())
	}
	return tlog.Tree{N: must(strconv.ParseInt(lines[1], 10, 64)), Hash: must(tlog.ParseHash(lines[2]))}
}

// The path of a tile as C2SP tlog-tiles has it: Go's, without the height.
func path(tile tlog.Tile) string {
	return strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
}

type tiles struct {
	base string
	read map[string][]byte
}

func (t *tiles) Height() int { return height }

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		name := path(tile)
		if t.read[name] == nil {
			t.read[name] = get(t.base + "/log/tile/" + name)
		}
		data = append(data, t.read[name])
	}
	return data, nil
}

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// Every entry, from the bundles.
func entries(base string, size int64) [][]byte {
	var all [][]byte
	for number := int64(0); number*width < size; number++ {
		tile := tlog.Tile{H: height, L: -1, N: number, W: width}
		if rest := size - number*width; rest < width {
			tile.W = int(rest)
		}
		bundle := get(base + "/log/tile/" + strings.Replace(path(tile), "data/", "entries/", 1))
		for len(bundle) > 0 {
			length := int(bundle[0])<<8 | int(bundle[1])
			all = append(all, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
	}
	return all
}

func hashes(lines string) []tlog.Hash {
	var proof []tlog.Hash
	for _, line := range strings.Split(strings.TrimSuffix(lines, "\n"), "\n") {
		if line != "" {
			var hash tlog.Hash
			copy(hash[:], must(base64.StdEncoding.DecodeString(line)))
			proof = append(proof, hash)
		}
	}
	return proof
}

func main() {
	log.SetFlags(0)
	base, old := os.Args[1], must(os.ReadFile(os.Args[2]))
	// One a line: two while the log changes its key.
	var keys []note.Verifier
	for _, line := range strings.Fields(string(get(base + "/log/key"))) {
		keys = append(keys, must(note.NewVerifier(line)))
	}
	if len(keys) == 0 {
		log.Fatalf("%s tells no key of a log", base)
	}
	before, now := open(old, keys), open(get(base+"/log/checkpoint"), keys)
	// Every hash that this reader hands out is proven against the root.
	reader := tlog.TileHashReader(now, &tiles{base, map[string][]byte{}})
	if root := must(tlog.TreeHash(now.N, reader)); root != now.Hash {
		log.Fatalf("the tiles come to %s, the checkpoint names %s", root, now.Hash)
	}

	all := entries(base, now.N)
	if int64(len(all)) != now.N {
		log.Fatalf("%d entries in a log of %d", len(all), now.N)
	}
	for index, entry := range all {
		stored := must(reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(index))}))
		if stored[0] != tlog.RecordHash(entry) {
			log.Fatalf("entry %d is not what the tree holds", index)
		}
	}

	proven := 0
	for _, index := range indexes(now.N) {
		hash := tlog.RecordHash(all[index])
		check(tlog.CheckRecord(must(tlog.ProveRecord(now.N, index, reader)), now.N, now.Hash, index, hash))
		file := string(get(fmt.Sprintf("%s/log/proof/%d", base, index)))
		head, signed, _ := strings.Cut(file, "\n\n")
		lines := strings.SplitN(head, "\n", 3)
		if lines[0] != "c2sp.org/tlog-proof@v1" || lines[1] != fmt.Sprintf("index %d", index) {
			log.Fatalf("the proof of %d begins with %q", index, lines[:2])
		}
		against := open([]byte(signed), keys)
		check(tlog.CheckRecord(hashes(lines[2]), against.N, against.Hash, index, hash))
		proven++
	}

	grown := 0
	for _, from := range append(indexes(now.N), before.N) {
		if from == 0 {
			continue
		}
		root := must(tlog.TreeHash(from, reader))
		if from == before.N && root != before.Hash {
			log.Fatalf("the log of %d records has another root than was signed", from)
		}
		lines := string(get(fmt.Sprintf("%s/log/consistency?from=%d&to=%d", base, from, now.N)))
		check(tlog.CheckTree(hashes(lines), now.N, now.Hash, from, root))
		grown++
	}
	fmt.Printf("%d entries in %d levels of tiles, %d records proven, %d earlier trees proven, by Go's checksum database\n",
		now.N, levels(now.N), proven, grown)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func levels(size int64) int {
	count := 0
	for ; size > 0; size /= width {
		count++
	}
	return count
}

// Records at the edges of tiles, and some all over the log.
func indexes(size int64) []int64 {
	wanted := []int64{0, 1, 254, 255, 256, 257, 511, 512, 65534, 65535, 65536, 65537, size - 2, size - 1}
	for number := int64(1); number < 100; number++ {
		wanted = append(wanted, size/100*number)
	}
	var found []int64
	for _, index := range wanted {
		// A young log has not all of them.
		if 0 <= index && index < size {
			found = append(found, index)
		}
	}
	return found
}
