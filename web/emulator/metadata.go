package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

const metadataBodyLimit = 2 << 20

// readMetadata shows a run's metadata.
func (e *Emulator) readMetadata(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	found, ok := e.store.run(r.PathValue("runId"))
	if !ok {
		return failRetry(http.StatusNotFound, "Run not found", false)
	}
	metadata := found.current().Metadata
	text := metadata.plainJSON()
	if text == nil {
		text = json.RawMessage("{}")
	}
	writeJSON(w, http.StatusOK, struct {
		Metadata json.RawMessage `json:"metadata"`
		Type     string          `json:"metadataType"`
	}{text, first(metadata.Type, TypeJSON)})
	return nil
}

// updateMetadata replaces a run's metadata, or applies operations to it and to that of its parent and root.
func (e *Emulator) updateMetadata(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var body struct {
		Metadata         map[string]any      `json:"metadata"`
		Operations       []metadataOperation `json:"operations"`
		ParentOperations []metadataOperation `json:"parentOperations"`
		RootOperations   []metadataOperation `json:"rootOperations"`
	}
	if err := decodeBody(w, r, metadataBodyLimit, &body); err != nil {
		return err
	}
	for _, list := range [][]metadataOperation{body.Operations, body.ParentOperations, body.RootOperations} {
		for _, operation := range list {
			if err := operation.check(); err != nil {
				return failValidation(err)
			}
		}
	}
	found, ok := e.store.run(r.PathValue("runId"))
	if !ok {
		return fail(http.StatusNotFound, "Task Run not found")
	}
	replace := body.Operations
	if body.Metadata != nil {
		replace = append([]metadataOperation{{Type: "update", Value: body.Metadata}}, replace...)
	}
	if err := found.changeMetadata(replace); err != nil {
		return failMetadata(err)
	}
	row := found.current()
	for _, relative := range []struct {
		id         string
		operations []metadataOperation
	}{{row.ParentID, body.ParentOperations}, {first(row.RootID, row.FriendlyID), body.RootOperations}} {
		if target, ok := e.store.run(relative.id); ok {
			if err := target.changeMetadata(relative.operations); err != nil {
				return failMetadata(err)
			}
		}
	}
	text := found.current().Metadata.plainJSON()
	if text == nil {
		text = json.RawMessage("{}")
	}
	writeJSON(w, http.StatusOK, struct {
		Metadata json.RawMessage `json:"metadata"`
	}{text})
	return nil
}

var errMetadataTooLarge = errors.New("metadata too large")

func failMetadata(err error) *apiError {
	if errors.Is(err, errMetadataTooLarge) {
		return fail(http.StatusRequestEntityTooLarge, fmt.Sprintf("Metadata exceeds maximum size of %d bytes", maxMetadataBytes))
	}
	return failValidation(err)
}

// changeMetadata applies operations to the run's metadata, which is published at once.
func (r *run) changeMetadata(operations []metadataOperation) error {
	if len(operations) == 0 {
		return nil
	}
	return r.update(func(row *Row) error {
		metadata := map[string]any{}
		if text := row.Metadata.plainJSON(); text != nil {
			if err := json.Unmarshal(text, &metadata); err != nil {
				metadata = map[string]any{} // what is no object is replaced
			}
		}
		for _, operation := range operations {
			metadata = operation.apply(metadata)
		}
		packet, err := encodePacket(metadata)
		if err != nil {
			return err
		}
		if len(packet.Data) > maxMetadataBytes {
			return errMetadataTooLarge
		}
		row.Metadata = packet
		return nil
	})
}
