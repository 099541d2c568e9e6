package hooks

// credential returns the number that stands for an access token in keys. Numbers of tokens that
// nothing is asked with any more are given to new ones (invariant T2).
func (r *Runtime) credential(accessToken string) int {
	free := -1
	for i, known := range r.credentials {
		switch {
		case known == accessToken:
			return i
		case !r.usesCredential(i):
			free = i
		}
	}
	if free >= 0 {
		r.credentials[free] = accessToken
		return free
	}
	r.credentials = append(r.credentials, accessToken)
	return len(r.credentials) - 1
}

func (r *Runtime) usesCredential(credential int) bool {
	for _, f := range r.feeds {
		if f.key.credential == credential {
			return true
		}
	}
	for _, t := range r.retrievals {
		if t.credential == credential {
			return true
		}
	}
	return false
}
