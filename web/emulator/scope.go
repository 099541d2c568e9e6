package emulator

import "strings"

// requirement is one way to be allowed in: an action on a resource. An empty id asks for the whole type.
type requirement struct{ action, kind, id string }

// satisfiedBy reports whether one scope, action[:type[:id]], grants the requirement. Only the first two colons split,
// so that ids may contain colons.
func (q requirement) satisfiedBy(scope string) bool {
	if scope == "admin" {
		return true
	}
	parts := strings.SplitN(scope, ":", 3)
	action := parts[0]
	if action != "*" && action != q.action && !(action == "write" && impliedByWrite(q.action)) {
		return false
	}
	switch {
	case len(parts) < 2:
		return false
	case parts[1] == "all":
		return true
	case parts[1] != q.kind:
		return false
	case len(parts) == 2:
		return true
	default:
		return parts[2] == q.id && q.id != ""
	}
}

func impliedByWrite(action string) bool {
	return action == "trigger" || action == "batchTrigger" || action == "update"
}

// readRun lists what allows reading a run: the run itself, its task, any of its tags, its batch.
func readRun(row *Row) []requirement {
	needs := []requirement{{"read", "runs", row.FriendlyID}, {"read", "tasks", row.TaskIdentifier}}
	for _, tag := range row.Tags {
		needs = append(needs, requirement{"read", "tags", tag})
	}
	if row.BatchID != "" {
		needs = append(needs, requirement{"read", "batch", row.BatchID})
	}
	return needs
}
