module github.com/runwire/runwire

go 1.26

require github.com/golang-jwt/jwt/v5 v5.3.1

require github.com/hack-pad/safejs v0.1.1
