"""What managers read: figures of a period as tables and charts, the same for the screen, paper, spreadsheets and letters."""
