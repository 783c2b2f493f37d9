// Package activity holds what the four vendor packages share.
package activity
