module github.com/runwire/runwire

go 1.26
