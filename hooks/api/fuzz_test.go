package api_test

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// FuzzDecodeRun reads any JSON object as a row. A row that is accepted makes a run that can be shown.
func FuzzDecodeRun(f *testing.F) {
	for _, row := range []string{
		`{}`, minimalRow, `{"friendlyId":"run_1","status":"?","createdAt":"x","updatedAt":"2026-01-31 10:20:30"}`,
		`{"friendlyId":"run_1","status":"PENDING","createdAt":"2026-01-31T10:20:30","updatedAt":"2026-01-31T10:20:30.1","runTags":"{\"a\\\"b\",c d,NULL}","realtimeStreams":"{}","isTest":"t","usageDurationMs":"12","costInCents":"1e-3","baseCostInCents":"NaN"}`,
		`{"friendlyId":"run_1","status":"CRASHED","createdAt":"x","updatedAt":"x","completedAt":"x","error":"{\"type\":\"BUILT_IN_ERROR\",\"name\":\"E\",\"message\":\"m\",\"stackTrace\":\"s\",\"causes\":[{\"message\":\"c\"}]}"}`,
		`{"friendlyId":"run_1","status":"EXECUTING","createdAt":"x","updatedAt":"x","metadata":"{\"json\":{\"$$streams\":[\"a\",\"b\"]}}","metadataType":"application/super+json","payload":"7","payloadType":"application/json","output":"p/o","outputType":"application/store"}`,
	} {
		f.Add(row)
	}
	f.Fuzz(func(t *testing.T, row string) {
		value, err := rawjson.Parse(row)
		if err != nil {
			return // a row has been parsed before it is decoded
		}
		run, err := api.DecodeRun(value.Members())
		if err != nil {
			if run != nil {
				t.Errorf("a run beside the error %v", err)
			}
			return
		}
		if run.ID == "" || run.Status == "" || run.CreatedAt == "" {
			t.Errorf("accepted without a column that every run has: %+v", run)
		}
		for _, number := range []api.Number{run.DurationMs, run.CostInCents, run.BaseCostInCents} {
			if number != "" && !json.Valid([]byte(number)) {
				t.Errorf("the number %q is no JSON", number)
			}
		}
		for _, packet := range []api.Packet{run.Payload, run.Output, run.Metadata} {
			if !packet.IsNone() && (!packet.Data.IsString() || !json.Valid([]byte(packet.Data))) {
				t.Errorf("the packet's data %q is no JSON string", packet.Data)
			}
			if plain := packet.JSON(); plain != "" && !json.Valid([]byte(plain)) {
				t.Errorf("the packet's plain part %q is no JSON", plain)
			}
		}
		if run.Error != nil && run.Error.Causes != "" && !json.Valid([]byte(run.Error.Causes)) {
			t.Errorf("the causes %q are no JSON", run.Error.Causes)
		}
		run.StreamKeys()
		if at := run.FinishedAt.Time(); run.IsFinished() && !at.IsZero() && at.Location() != time.UTC {
			t.Errorf("finished at %v, which is not in UTC", at)
		}
	})
}

// FuzzDecodeEventV2 holds the reader of batches to one that decodes everything with encoding/json.
func FuzzDecodeEventV2(f *testing.F) {
	for _, data := range []string{
		``, `{}`, `[DONE]`, `{"records":[]}`, `{"records":[{}]}`, `{"records":{"seq_num":1}}`,
		`{"records":[{"seq_num":0,"timestamp":1,"body":"{\"data\":\"Hel\",\"id\":\"a\"}"},{"seq_num":1,"body":"{\"data\":{\"x\":[1]},\"id\":\"b\"}"}],"tail":{"seq_num":2}}`,
		`{"records":[{"seq_num":7,"headers":[["","fence"]],"body":""},{"seq_num":8,"headers":[["a","b"]],"body":"not json"}]}`,
		`{"records":[{"seq_num":-1,"body":"{}"}]}`, `{"records":[{"seq_num":"5","body":5}]}`, `{"records":[{"seq_num":3,"body":"\ud83d{}"}]}`,
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		got, err := api.DecodeEventV2("batch", data)
		if err != nil {
			if len(got.Parts) > 0 || got.LastEventID != "" {
				t.Fatalf("%q: something beside the error %v: %+v", data, err, got)
			}
			return
		}
		for _, part := range got.Parts {
			if !json.Valid([]byte(part.Chunk)) || part.Headers != "" && !json.Valid([]byte(part.Headers)) {
				t.Errorf("%q: the chunk %q or its headers %q are no JSON", data, part.Chunk, part.Headers)
			}
		}
		if got.LastEventID != "" {
			if n, err := strconv.ParseInt(got.LastEventID, 10, 64); err != nil || n < 0 {
				t.Errorf("%q: the place %q is no record's number", data, got.LastEventID)
			}
		}
		if want, ok := plainBatch(data); ok && !sameRecords(got, want) {
			t.Errorf("%q is %+v, want %+v", data, got, want)
		}
	})
}

// plainBatch reads a batch whose fields have the types that they should have; ok reports that they do.
func plainBatch(data string) (records api.Records, ok bool) {
	var list []json.RawMessage
	if !utf8.ValidString(data) || !json.Valid([]byte(data)) || !field(data, "records", &list) {
		return records, false
	}
	for _, record := range list {
		var sequence uint32
		var body string
		var headers [][]string
		text := string(record)
		if !field(text, "seq_num", &sequence) || !field(text, "body", &body) {
			return records, false
		}
		records.LastEventID = strconv.Itoa(int(sequence))
		if field(text, "headers", &headers) && len(headers) > 0 && len(headers[0]) > 0 && headers[0][0] == "" {
			continue
		}
		part := api.Part{Chunk: rawjson.Null, ID: records.LastEventID}
		var chunk json.RawMessage
		if field(body, "data", &chunk) {
			part.Chunk = rawjson.Value(chunk)
		}
		field(body, "id", &part.RecordID)
		records.Parts = append(records.Parts, part)
	}
	return records, true
}

// field decodes one member of an object and reports whether it is there. (The fields of a struct would match
// members of another spelling as well.)
func field(object, name string, into any) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &members) != nil || members[name] == nil {
		return false
	}
	return json.Unmarshal(members[name], into) == nil
}

func sameRecords(a, b api.Records) bool {
	if a.LastEventID != b.LastEventID || len(a.Parts) != len(b.Parts) {
		return false
	}
	for i := range a.Parts {
		if a.Parts[i].Chunk != b.Parts[i].Chunk || a.Parts[i].RecordID != b.Parts[i].RecordID || a.Parts[i].ID != b.Parts[i].ID {
			return false
		}
	}
	return true
}

// FuzzDecodeFailure turns whatever a server or a proxy answers into a message.
func FuzzDecodeFailure(f *testing.F) {
	for _, body := range []string{``, `{}`, `null`, `"text"`, `{"error":"Not found"}`, `{"error":{"message":"m"},"code":"c"}`, `<html>`, `{"error":7}`, "\xff"} {
		f.Add(502, body)
	}
	f.Fuzz(func(t *testing.T, httpStatus int, body string) {
		failure := api.DecodeFailure(httpStatus, body)
		if failure.Message == "" {
			t.Errorf("no message for %d %q", httpStatus, body)
		}
		api.PresignedURL(body)
		api.ParseHeader(body).HasContentType("text/event-stream")
		if chunk := api.DecodeEventV1("", body).Parts[0].Chunk; !json.Valid([]byte(chunk)) {
			t.Errorf("the v1 chunk of %q is %q, which is no JSON", body, chunk)
		}
	})
}

const minimalRow = `{"id":"1","friendlyId":"run_1","taskIdentifier":"resize","status":"PENDING","createdAt":"2026-01-31T10:20:30.000","updatedAt":"2026-01-31T10:20:30.123"}`
