"""Advisory boards, and panels of people who are no patients: lost ones and the community."""
