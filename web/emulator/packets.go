package emulator

import "net/http"

// presigned is the answer of the packet endpoints.
type presigned struct {
	URL         string `json:"presignedUrl"`
	StoragePath string `json:"storagePath,omitempty"`
}

// runPacket says where a run's payload or output can be downloaded, for those who may read the run.
func (e *Emulator) runPacket(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	field := r.PathValue("field")
	if field != "payload" && field != "output" {
		return failDetails("Params", issue{"invalid_enum_value", []string{"field"}, `want "payload" or "output"`})
	}
	found, err := e.readableRun(r, from, false)
	if err != nil {
		return err
	}
	packet := found.current().Payload
	if field == "output" {
		packet = found.current().Output
	}
	if packet.Type != TypeStore {
		return failRetry(http.StatusNotFound, "Not found", false)
	}
	writeJSON(w, http.StatusOK, presigned{URL: e.presign(r, packet.Data, http.MethodGet)})
	return nil
}

// presignDownload says where the object under a path can be downloaded. Any valid public token may ask.
func (e *Emulator) presignDownload(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	writeJSON(w, http.StatusOK, presigned{URL: e.presign(r, r.PathValue("path"), http.MethodGet)})
	return nil
}

// presignUpload says where a packet that is too big for a trigger call can be uploaded.
func (e *Emulator) presignUpload(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	path := r.PathValue("path")
	writeJSON(w, http.StatusOK, presigned{URL: e.presign(r, path, http.MethodPut), StoragePath: path})
	return nil
}
