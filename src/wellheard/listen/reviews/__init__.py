"""What people write about us in public: reviews, mentions, stories, false listings."""
