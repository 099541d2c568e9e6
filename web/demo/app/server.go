//go:build js && wasm

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// server is what the page asks by itself, beside what it follows: the tasks, access tokens, and triggers.
// Its methods block, so they are called in goroutines, and may be called concurrently.
type server struct {
	base string // the origin of the page, which serves the API as well

	mu          sync.Mutex // guards the token
	accessToken string
	renewAt     time.Time
}

func newServer() *server {
	here := app.Window().URL()
	return &server{base: here.Scheme + "://" + here.Host}
}

// task is one that the page can trigger.
type task struct {
	ID          string `json:"id"`
	Description string `json:"description"`
	Example     string `json:"example"`
}

func (s *server) tasks() ([]task, error) {
	var tasks []task
	if _, err := s.ask(http.MethodGet, "/demo/tasks", "", nil, &tasks); err != nil {
		return nil, fmt.Errorf("list the tasks: %w", err)
	}
	return tasks, nil
}

// handle is what triggering returns: the run, and a token with which to follow it.
type handle struct {
	runID       string
	accessToken string
}

// trigger starts a run of a task. payload is JSON text.
func (s *server) trigger(taskID, payload string) (handle, error) {
	accessToken, err := s.token()
	if err != nil {
		return handle{}, fmt.Errorf("trigger %s: %w", taskID, err)
	}
	body, err := json.Marshal(map[string]json.RawMessage{"payload": json.RawMessage(payload)})
	if err != nil {
		return handle{}, fmt.Errorf("trigger %s: the payload is not JSON: %w", taskID, err)
	}
	var answer struct {
		ID string `json:"id"`
	}
	header, err := s.ask(http.MethodPost, "/api/v1/tasks/"+url.PathEscape(taskID)+"/trigger", accessToken, body, &answer)
	if err != nil {
		return handle{}, fmt.Errorf("trigger %s: %w", taskID, err)
	}
	return handle{answer.ID, header.Get("X-Trigger-Jwt")}, nil
}

// token returns an access token that is good for a while.
func (s *server) token() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.renewAt) {
		return s.accessToken, nil
	}
	var answer struct {
		AccessToken string `json:"accessToken"`
		ExpiresInMs int64  `json:"expiresInMs"`
	}
	if _, err := s.ask(http.MethodGet, "/demo/token", "", nil, &answer); err != nil {
		return "", fmt.Errorf("get an access token: %w", err)
	}
	s.accessToken = answer.AccessToken
	s.renewAt = time.Now().Add(time.Duration(answer.ExpiresInMs) * time.Millisecond / 2)
	return s.accessToken, nil
}

// ask sends a request and decodes the JSON that answers it.
func (s *server) ask(method, path, accessToken string, body []byte, into any) (http.Header, error) {
	request, err := http.NewRequest(method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if accessToken != "" {
		request.Header.Set("Authorization", "Bearer "+accessToken)
	}
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w: is the demo's server running?", errors.Unwrap(err))
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, refusal(response.Status, content)
	}
	return response.Header, json.Unmarshal(content, into)
}

// refusal is an answer outside 200, in the server's words where it gave any.
func refusal(httpStatus string, content []byte) error {
	var answer struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(content, &answer) == nil && answer.Error != "" {
		return fmt.Errorf("%s: %s", httpStatus, answer.Error)
	}
	return errors.New(httpStatus)
}
