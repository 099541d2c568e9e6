package emulator

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// maxTokens bounds one run of stream-text. Source: chosen; a million parts take about 100 MB.
const maxTokens = 1_000_000

var streamText = Task{
	ID:          "stream-text",
	Description: "Streams generated text part by part, as a language model would.",
	Example:     `{"prompt":"Tell me about rivers","tokens":60,"everyMs":25}`,
	Run: func(ctx context.Context, run *TaskRun) (any, error) {
		payload := struct {
			Prompt  string  `json:"prompt"`
			Tokens  int     `json:"tokens"`
			EveryMs float64 `json:"everyMs"`
		}{Tokens: 60, EveryMs: 25}
		if err := run.Payload(&payload); err != nil {
			return nil, err
		}
		if payload.Tokens < 0 || payload.Tokens > maxTokens {
			return nil, fmt.Errorf("tokens is %d: want 0 to %d", payload.Tokens, maxTokens)
		}
		texts, events := run.Stream("openai"), run.Stream("events")
		var text strings.Builder
		for index := range payload.Tokens {
			if err := run.Sleep(ctx, milliseconds(payload.EveryMs)); err != nil {
				return nil, err
			}
			token := generatedToken(payload.Prompt, index)
			text.WriteString(token)
			texts.Append(`"` + token + `"`) // words need no escaping
			events.Append(`{"type":"token","index":` + strconv.Itoa(index) + `}`)
		}
		return map[string]string{"text": text.String()}, nil
	},
}

// vocabulary are the words of generated texts. They contain nothing that JSON escapes.
var vocabulary = strings.Fields("a river is patient water that finds its way down from the hills through fields and towns " +
	"it carries silt stories and light every bend was once a choice each stone once sharp grows round in time")

// generatedToken is one part of the text that follows a prompt: always the same for the same prompt and index.
func generatedToken(prompt string, index int) string {
	word := vocabulary[(len(prompt)+index*7+index/len(vocabulary))%len(vocabulary)]
	if index == 0 {
		return word
	}
	return " " + word
}
