package api

import (
	"strconv"

	"github.com/runwire/runwire/hooks/rawjson"
)

// Failure is what an answer outside 2xx says of itself.
type Failure struct {
	Message string // the server's words, or the start of a body that is not JSON
	Code    string // a machine's word such as "unauthorized"; "" where there is none
}

// DecodeFailure reads the body of an answer outside 2xx. It never fails: whatever came becomes a message.
func DecodeFailure(httpStatus int, body string) Failure {
	value, err := rawjson.Parse(body)
	if err != nil {
		return Failure{Message: plainMessage(httpStatus, body)}
	}
	failure := Failure{Code: value.Get("code").Text()}
	switch problem := value.Get("error"); {
	case problem.IsObject():
		failure.Message = problem.Get("message").Text()
	case problem.IsString():
		failure.Message = problem.Text()
	}
	if failure.Message == "" {
		failure.Message = string(value)
	}
	return failure
}

func plainMessage(httpStatus int, body string) string {
	if body == "" {
		return strconv.Itoa(httpStatus) + " status code (no body)"
	}
	return strconv.Itoa(httpStatus) + " " + body
}
