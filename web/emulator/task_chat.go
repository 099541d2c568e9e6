package emulator

import (
	"context"
	"encoding/json"
	"time"
)

// chatPace is the time between two words of a reply.
const chatPace = 20 * time.Millisecond

var chat = Task{
	ID:          "chat",
	Description: `Answers what it reads from input stream "messages" on stream "replies", until it reads {"type":"end"}.`,
	Example:     `{}`,
	Run: func(ctx context.Context, run *TaskRun) (any, error) {
		messages, replies := run.Input("messages"), run.Stream("replies")
		for turn := 1; ; turn++ {
			message, err := messages.Next(ctx)
			if err != nil {
				return nil, err
			}
			var control struct {
				Type string `json:"type"`
			}
			if json.Unmarshal(message, &control) == nil && control.Type == "end" {
				return map[string]int{"turns": turn - 1}, nil
			}
			if err := answerMessage(ctx, run, replies, turn, said(message)); err != nil {
				return nil, err
			}
		}
	},
}

// said is the text of a message: {"text":…}, or whatever else was sent.
func said(message json.RawMessage) string {
	var fields struct {
		Text string `json:"text"`
	}
	var text string
	switch {
	case json.Unmarshal(message, &text) == nil:
		return text
	case json.Unmarshal(message, &fields) == nil && fields.Text != "":
		return fields.Text
	default:
		return string(message)
	}
}

// answerMessage streams the answer to one message: its words one by one, and then that it is done.
func answerMessage(ctx context.Context, run *TaskRun, replies *TaskStream, turn int, text string) error {
	type delta struct {
		Type string `json:"type"`
		Turn int    `json:"turn"`
		Text string `json:"text,omitempty"`
	}
	for _, word := range []string{"You", " said:", " " + text} {
		if err := run.Sleep(ctx, chatPace); err != nil {
			return err
		}
		if err := replies.AppendValue(delta{"text", turn, word}); err != nil {
			return err
		}
	}
	return replies.AppendValue(delta{Type: "done", Turn: turn})
}
