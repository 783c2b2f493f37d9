package transport

import "strings"

// holdsSecret reports whether a secret of 8 bytes or more occurs in a text, as it is or
// percent-encoded.
func (c *Client) holdsSecret(text string) bool {
	secrets := c.credentials.secrets()
	if source, ok := c.credentials.source.(*cached); ok {
		source.mu.Lock()
		secrets = append(secrets, source.now.Value)
		source.mu.Unlock()
	}
	for _, secret := range secrets {
		if len(secret) >= 8 && (strings.Contains(text, secret) || strings.Contains(unescape(text), secret)) {
			return true
		}
	}
	return false
}
