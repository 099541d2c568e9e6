package emulator

import "context"

var approval = Task{
	ID:          "approval",
	Description: "Asks a question through a wait token, and returns the answer.",
	Example:     `{"question":"Ship it?"}`,
	Run: func(ctx context.Context, run *TaskRun) (any, error) {
		var payload struct {
			Question string `json:"question"`
		}
		if err := run.Payload(&payload); err != nil {
			return nil, err
		}
		token, err := run.CreateWaitToken(defaultWaitTimeout)
		if err != nil {
			return nil, err
		}
		err = run.SetMetadata(struct {
			Question          string `json:"question"`
			WaitTokenID       string `json:"waitTokenId"`
			PublicAccessToken string `json:"publicAccessToken"`
		}{payload.Question, token.ID, token.PublicAccessToken})
		if err != nil {
			return nil, err
		}
		answer, err := run.Wait(ctx, token)
		if err != nil || answer == nil {
			return nil, err
		}
		return answer, nil
	},
}
