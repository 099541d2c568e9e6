package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

const (
	objectPrefix = "/objects/"
	// inlineLimit is the largest packet that stays in its row.
	inlineLimit = 512 * 1024
	// objectLimit is the largest object that may be uploaded, the documented limit of an output.
	objectLimit = 10 << 20
)

// object is a stored packet.
type object struct {
	data        []byte
	contentType string
}

// objectStore keeps packets that are too big for a row. It may be used concurrently.
type objectStore struct {
	mu      sync.Mutex
	objects map[string]object // by path
}

func newObjectStore() *objectStore { return &objectStore{objects: map[string]object{}} }

func (s *objectStore) get(path string) (object, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stored, ok := s.objects[path]
	return stored, ok
}

func (s *objectStore) put(path string, stored object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[path] = stored
}

// offload moves a packet that is too big for a row into the object store, and returns what the row keeps.
func (e *Emulator) offload(packet Packet, field string) Packet {
	if len(packet.Data) <= inlineLimit || packet.Type == TypeStore {
		return packet
	}
	extension := ".json"
	if packet.Type == TypeText {
		extension = ".txt"
	}
	path := "trigger/packet_" + e.ids.text(lowerAlphabet, 21) + "/" + field + extension
	e.objects.put(path, object{[]byte(packet.Data), packet.Type})
	return Packet{path, TypeStore}
}

// presign is a URL under which an object may be read or written (method GET or PUT) without credentials.
func (e *Emulator) presign(r *http.Request, path, method string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = url.PathEscape(segment)
	}
	return origin(r) + objectPrefix + strings.Join(segments, "/") + "?signature=" + e.objectSignature(path, method)
}

// origin is the origin under which the emulator was asked.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (e *Emulator) objectSignature(path, method string) string {
	mac := hmac.New(sha256.New, []byte(e.options.SecretKey))
	_, _ = mac.Write([]byte(method + " " + path)) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil))
}

func (e *Emulator) signed(r *http.Request, method string) bool {
	want := e.objectSignature(r.PathValue("path"), method)
	return hmac.Equal([]byte(want), []byte(r.URL.Query().Get("signature")))
}

// downloadObject answers with the stored bytes, under exactly the stored content type: the client compares it.
func (e *Emulator) downloadObject(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	if !e.signed(r, http.MethodGet) {
		return fail(http.StatusForbidden, "Invalid signature")
	}
	stored, ok := e.objects.get(r.PathValue("path"))
	if !ok {
		return fail(http.StatusNotFound, "Not found")
	}
	w.Header().Set("Content-Type", stored.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(stored.data)))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(stored.data) // a peer that went away needs no answer
	return nil
}

func (e *Emulator) uploadObject(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	if !e.signed(r, http.MethodPut) {
		return fail(http.StatusForbidden, "Invalid signature")
	}
	data, err := readBody(w, r, objectLimit)
	if err != nil {
		return err
	}
	e.objects.put(r.PathValue("path"), object{data, first(r.Header.Get("Content-Type"), TypeJSON)})
	w.WriteHeader(http.StatusOK)
	return nil
}
