"""Education: register marks condensed to weeks."""
