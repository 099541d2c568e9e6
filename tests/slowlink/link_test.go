package slowlink

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

const (
	roundTrip = 150 * time.Millisecond
	down      = 200_000 // bytes a second
	up        = 100_000
)

// far returns both ends of a new connection over a link.
func far(t *testing.T, l *Link) (client, server net.Conn) {
	client, clientEnd := net.Pipe()
	serverEnd, server := net.Pipe()
	go l.join(t.Context(), clientEnd, serverEnd)
	t.Cleanup(func() { client.Close() })
	return client, server
}

// exchange sends a request of n bytes, answers it with m bytes, and returns after what the answer began and ended.
func exchange(t *testing.T, client, server net.Conn, n, m int) (first, last time.Duration) {
	t.Helper()
	started := time.Now()
	go func() {
		io.CopyN(io.Discard, server, int64(n))
		server.Write(make([]byte, m))
	}()
	go client.Write(make([]byte, n))
	if _, err := io.ReadFull(client, make([]byte, 1)); err != nil {
		t.Error(err)
	}
	first = time.Since(started)
	if _, err := io.ReadFull(client, make([]byte, m-1)); err != nil {
		t.Error(err)
	}
	return first, time.Since(started)
}

func TestARequestTakesARoundTripAndTheFirstOneOfAConnectionTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := far(t, New(roundTrip, down, up))
		const size = 100
		onTheLine := size * time.Second / up
		answer := size * time.Second / down
		if first, _ := exchange(t, client, server, size, size); first != 2*roundTrip+onTheLine+answer {
			t.Errorf("the first answer comes after %v", first)
		}
		if first, _ := exchange(t, client, server, size, size); first != roundTrip+onTheLine+answer {
			t.Errorf("the second answer comes after %v", first)
		}
	})
}

func TestAnAnswerTakesWhatItsBytesTakeOnTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := far(t, New(roundTrip, down, up))
		_, last := exchange(t, client, server, 100, down) // one second
		if want := 2*roundTrip + 100*time.Second/up + time.Second; last != want {
			t.Errorf("a second's bytes arrive after %v, want %v", last, want)
		}
	})
}

func TestTwoConnectionsShareTheLineEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := New(roundTrip, down, up)
		const one = 25 * packetSize
		arrived := make(chan time.Duration)
		for range 2 {
			client, server := far(t, link)
			go func() {
				_, last := exchange(t, client, server, 1, one)
				arrived <- last
			}()
		}
		first, second := <-arrived, <-arrived
		if apart := packetSize * time.Second / down; second-first > apart {
			t.Errorf("they end %v and %v after the start, want at most %v apart", first, second, apart)
		}
		if least := 2*roundTrip + 2*one*time.Second/down; second < least {
			t.Errorf("both are there after %v, and the line needs %v", second, least)
		}
	})
}

func TestAnEndThatIsClosedClosesTheOtherOnceAllHasArrived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := far(t, New(roundTrip, down, up))
		go func() {
			server.Write(make([]byte, 3*packetSize))
			server.Close()
		}()
		if data, err := io.ReadAll(client); err != nil || len(data) != 3*packetSize {
			t.Errorf("%d bytes arrive, error %v", len(data), err)
		}
	})
}

func TestAProxyServesHTTPUntilItsContextEnds(t *testing.T) {
	body := bytes.Repeat([]byte("far away "), packetSize)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) }))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	address, err := New(time.Millisecond, 100<<20, 100<<20).Proxy(ctx, server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	response, err := client.Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err := io.ReadAll(response.Body); err != nil || !bytes.Equal(answer, body) {
		t.Errorf("%d of %d bytes arrive, error %v", len(answer), len(body), err)
	}
	cancel()
	if response, err := client.Get("http://" + address); err == nil {
		response.Body.Close()
		t.Error("the proxy goes on")
	}
}
